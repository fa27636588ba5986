"""What Weft must do, line by line, and the tests that prove it.

G is what Galaxy's Sync Service asks of whoever uses it; T is the trade between any two
platforms. http://webshop-host.northeurope.cloudapp.azure.com/sync-service
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

STORY = "stories/test_"
GALAXY = "connectors/galaxy/test_"


class Line(NamedTuple):
    """What is asked for, and its proofs: a file's short name, a point, a test."""

    asks: str
    proofs: tuple[str, ...]


def line(asks: str, *proofs: str) -> Line:
    return Line(asks, proofs)


FILES = {
    "books": f"{STORY}an_order_becomes_an_invoice",
    "buyer": f"{STORY}one_buyer_is_one_contact",
    "changes": f"{STORY}galaxy_changes_cost_few_calls",
    "cost": "engine/test_cost",
    "cursor": f"{STORY}galaxy_the_cursor_moves_with_the_whole_list",
    "customers": f"{STORY}galaxy_customers_come_with_their_sites",
    "entry": f"{STORY}galaxy_an_order_becomes_one_entry",
    "forecast": "engine/test_forecast",
    "freshness": "engine/test_freshness",
    "goods": f"{STORY}galaxy_goods_arrive_in_the_shop",
    "ladder": "engine/test_ladder",
    "lookups": f"{STORY}galaxy_lookups_are_read_once",
    "maps": f"{GALAXY}maps",
    "meter": "engine/test_meter",
    "never": f"{STORY}customers_are_never_written",
    "pacing": "engine/test_pacing",
    "price": f"{STORY}a_changed_price_sends_only_the_price",
    "probe": f"{GALAXY}galaxy",
    "reading": f"{GALAXY}reading",
    "refused": f"{STORY}galaxy_a_refused_entry_heals",
    "rotation": f"{STORY}the_rotation_finds_what_polls_cannot",
    "sandbox": "connectors/galaxy/sandbox/test_lists",
    "scenario": f"{STORY}galaxy_every_call_names_the_scenario",
    "second": f"{STORY}galaxy_a_second_look_writes_nothing",
    "traps": f"{GALAXY}traps",
    "triggers": f"{STORY}galaxy_calls_are_triggers_only",
    "two": f"{STORY}galaxy_two_scenarios_share_nothing",
    "unlinked": "engine/test_unlinked",
    "xero": "connectors/xero/test_traps",
}

LINES: Mapping[str, Line] = {
    "G-01": line(
        "lookups, lists read by number, and calls that hand something in",
        "second.test_it_asks_for_higher_numbers_than_it_holds",
        "entry.test_an_order_can_be_posted_at_once",
    ),
    "G-02": line(
        "reading serves to post sales and customers",
        "entry.test_an_unknown_buyer_is_posted_first_and_the_entry_is_theirs",
    ),
    "G-03": line(
        "a copy of one's own, brought up to date at intervals",
        "second.test_it_costs_one_call_for_each_list_and_writes_nothing",
    ),
    "G-04": line(
        "lookups first, then lists in a fixed order, then what is posted",
        "reading.test_lists_are_read_in_the_order_things_depend_on_each_other",
        "entry.test_a_run_reads_lookups_then_lists_and_then_posts",
    ),
    "G-05": line(
        "posting in the run or at once, as each tenant chooses",
        "entry.test_an_order_can_be_posted_at_once",
    ),
    "G-06": line(
        "Galaxy's calls trigger a run and never replace it",
        "triggers.test_a_row_of_hits_is_one_look_and_moves_no_mark",
        "triggers.test_looks_go_on_though_galaxy_calls",
    ),
    "G-07": line(
        "a scenario works; without a default one every call names it",
        "scenario.test_reads_looks_and_writes_all_bear_it",
        "probe.test_without_a_default_scenario_one_must_be_chosen",
    ),
    "G-08": line(
        "the list of scenarios says which is the default, and whose it is",
        "probe.test_the_test_names_scenario_price_fields_and_pictures",
    ),
    "G-09": line(
        "the scenario decides companies, documents and categories",
        "reading.test_a_scenario_shows_its_own_company",
        "two.test_each_has_rows_tables_and_ids_of_its_own",
    ),
    "G-10": line(
        "lookups are read once and kept",
        "lookups.test_days_of_work_ask_for_none_of_them_again",
        "lookups.test_an_id_that_is_new_reads_its_table_once",
        "lookups.test_an_id_that_is_nowhere_reads_it_once_and_is_an_open_error",
    ),
    "G-11": line(
        "a lookup is an array of id, code and description",
        "lookups.test_every_row_is_kept_with_id_code_and_description",
        "sandbox.test_every_list_is_a_bare_array",
    ),
    "G-12": line(
        "the nine lookups that are named",
        "lookups.test_every_row_is_kept_with_id_code_and_description",
    ),
    "G-13": line(
        "the highest number held is sent, 0 where nothing is",
        "reading.test_a_first_read_asks_above_0_and_the_next_above_the_mark",
    ),
    "G-14": line(
        "rows come whose number is strictly greater",
        "sandbox.test_a_number_gives_strictly_greater_ones",
        "second.test_it_costs_one_call_for_each_list_and_writes_nothing",
    ),
    "G-15": line(
        "the mark is the highest number received and stored",
        "cursor.test_a_list_that_breaks_off_leaves_it_where_it_was",
        "cursor.test_it_is_the_highest_number_though_the_rows_come_mixed",
    ),
    "G-16": line(
        "customers are basic data and sites",
        "customers.test_every_site_is_an_address",
        "customers.test_a_changed_site_reaches_its_customer",
    ),
    "G-17": line(
        "companies with their tax number, and their sites",
        "lookups.test_companies_and_their_sites_are_kept_too",
    ),
    "G-18": line(
        "seven lists make one product",
        "goods.test_every_item_is_there_with_text_price_stock_and_shelves",
        "goods.test_barcodes_and_attributes_go_where_the_merchant_says",
        "goods.test_pictures_are_fetched_where_they_have_a_public_address",
    ),
    "G-19": line(
        "categories are a tree of any depth",
        "maps.test_a_tree_of_any_depth_is_walked",
        "goods.test_the_tree_of_categories_is_there_as_it_stands_in_galaxy",
    ),
    "G-20": line(
        "an item names root and leaf; what is between is walked",
        "maps.test_an_item_is_filed_under_its_leaf_and_all_above",
        "maps.test_of_several_links_the_companys_comes_first_and_a_root_picks",
    ),
    "G-21": line(
        "an attribute's value is listed or typed",
        "maps.test_an_attribute_is_its_listed_value_else_the_typed_one",
    ),
    "G-22": line(
        "attribute and value are looked up by their ids",
        "maps.test_attributes_and_their_values_are_entries_of_one_table",
        "changes.test_a_renamed_attribute_is_one_call",
    ),
    "G-23": line(
        "attributes have names, kinds and listed values",
        "maps.test_attributes_and_their_values_are_entries_of_one_table",
    ),
    "G-24": line(
        "dimensions tell the forms of an item apart",
        "maps.test_combinations_are_variants_with_their_own_code_price_and_stock",
        "goods.test_items_with_combinations_are_held_in_every_form",
    ),
    "G-25": line(
        "alter codes, balances and pictures are not skipped",
        "changes.test_a_balance_is_one_write",
        "changes.test_a_picture_drawn_anew_is_fetched_alone",
        "changes.test_an_alter_code_reaches_its_item",
    ),
    "G-26": line(
        "two tenants or scenarios share no mark, table or id",
        "two.test_each_has_rows_tables_and_ids_of_its_own",
        "two.test_a_look_under_one_moves_no_mark_of_the_other",
        "two.test_two_tenants_under_one_scenario_share_nothing_either",
    ),
    "T-01": line(
        "what changed is here within two hours",
        "price.test_one_call_changes_one_field",
    ),
    "T-02": line(
        "one item by hand is two calls",
        "cost.test_one_item_by_hand_costs_at_most_two_calls",
    ),
    "T-03": line(
        "the ten not seen for longest, several times a day; ghosts are found",
        "rotation.test_ten_rows_are_looked_at_five_times_a_day",
        "rotation.test_a_ghost_is_gone_after_as_many_looks_as_its_list_declares",
    ),
    "T-04": line(
        "a product that is sold is brought first",
        "books.test_what_the_books_lack_is_made_first",
    ),
    "T-05": line(
        "customers are matched, and never written over",
        "buyer.test_a_guest_who_was_in_the_books_is_found_there_and_left_as_she_is",
        "buyer.test_a_customers_data_is_never_written_over",
        "entry.test_a_buyer_galaxy_has_already_is_found_and_never_written",
        "never.test_an_order_of_a_customer_touches_no_customer",
    ),
    "T-06": line(
        "an invoice carries its contact's id alone, unless asked otherwise",
        "xero.test_trap_1_an_invoice_names_its_contact_by_id_alone_and_changes_nothing_there",
        "xero.test_trap_1_where_the_merchant_asks_for_it_the_buyers_data_replaces_the_contacts",
    ),
    "T-07": line(
        "every product and customer has its code; guests may share an account",
        "buyer.test_guests_may_share_the_account_a_merchant_names",
        "entry.test_a_guest_may_buy_as_the_trader_for_guests",
    ),
    "T-08": line(
        "what is not linked yet is shown",
        "unlinked.test_each_reason_is_told_apart",
    ),
    "T-09": line(
        "what the target lacks is made at the last minute",
        "books.test_what_the_books_lack_is_made_first",
    ),
    "T-10": line(
        "as much is posted as is taken, and no sale is put at risk by it",
        "xero.test_trap_14_what_xero_would_refuse_is_left_out_or_refused_before_sending",
    ),
    "T-11": line(
        "a refused sale is mailed, tried every few hours, and given up in the end",
        "refused.test_a_500_with_words_is_a_refusal_and_the_ladder_tries_again",
        "ladder.test_a_refused_sale_is_tried_every_four_hours_twelve_times",
    ),
    "T-12": line(
        "calls are planned within limits, and told with a forecast; plans differ",
        "meter.test_what_can_wait_is_spread_and_says_until_when",
        "forecast.test_calls_are_told_by_route_and_window",
        "freshness.test_a_plan_slows_a_route_down",
    ),
    "T-13": line(
        "what is stale can be seen",
        "freshness.test_a_list_is_late_after_one_cadence_and_a_half",
    ),
    "T-14": line(
        "many looks one by one are spread",
        "pacing.test_many_looks_one_by_one_can_wait_but_a_few_or_sales_cannot",
    ),
}
