"""How items stand: the same in the list, as a filter, and in the merchant's share."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.insight import finding, items, state
from integration.insight.conditions import About, State
from integration.insight.items import Chosen
from integration.models import Cursor, DeliveryState, Record
from tests.insight.things import Thing, Things


def about(things: Things, kind: str = "product") -> About:
    return About(things.tenant, kind, state.routes_of(things.tenant))


def stands(things: Things, record: Record, kind: str = "product") -> State:
    return items.rows(about(things, kind), [record])[0].state


def make_each(things: Things) -> dict[State, Thing]:
    """One product in every state."""
    made = {each: things.thing(f"SKU-{each}", f"Tee {each}") for each in State}
    now = timezone.now()
    Record.everywhere.filter(pk=made[State.IGNORED].product.pk).update(ignored_at=now)
    Record.everywhere.filter(pk=made[State.GONE].product.pk).update(gone_at=now)
    things.rows.errors(record=made[State.NEEDS_YOU].product)
    things.rows.errors(record=made[State.RETRYING].variant, who="clock")
    # Of the stock of its variant: the product waits with it.
    things.owe(made[State.WAITING].variant, things.stock)
    lacking = made[State.NOT_LINKED].product
    lacking.links.filter(connection=things.shop).delete()
    made[State.SKIPPED].product.links.filter(connection=things.back).delete()
    made[State.SKIPPED].variant.links.filter(connection=things.back).delete()
    made[State.DIFFERS] = things.thing("SKU-other", "Tee other", here="7", there="4")
    # What errors are made with.
    Record.everywhere.filter(label__startswith="Cup").delete()
    return made


def test_every_state_is_told_in_the_list_and_found_by_its_filter(
    things: Things,
) -> None:
    made = make_each(things)
    for wanted, thing in made.items():
        assert stands(things, thing.product) is wanted
        listed = items.listed(about(things), Chosen(state=wanted))
        told = [row for row in items.rows(about(things), list(listed))]
        found = {row.record.pk for row in told if row.state is wanted}
        assert thing.product.pk in found
        # What differs was made beside one that does not.
        assert len(found) == (2 if wanted is State.IN_STEP else 1)


def test_the_share_counts_what_the_list_shows(things: Things) -> None:
    make_each(things)
    Cursor.everywhere.create(
        tenant=things.tenant, connection=things.back, stream="products"
    )
    share = state.share(things.tenant)
    assert share.by_state == {each: 1 for each in State} | {State.IN_STEP: 2}
    assert share.expected == 7
    assert share.in_step == pytest.approx(2 / 7)
    assert share.oldest is not None


def test_a_row_that_could_not_be_read_needs_somebody(things: Things) -> None:
    thing = things.thing("TEE")
    things.rows.errors(
        record=None, connection=things.back, kind="product", external_id="b-TEE"
    )
    assert stands(things, thing.product) is State.NEEDS_YOU


def test_a_refused_write_whose_problem_is_ignored_differs(things: Things) -> None:
    thing = things.thing("TEE")
    things.owe(thing.product, state=DeliveryState.REFUSED)
    things.rows.errors(record=thing.product, state="ignored")
    assert stands(things, thing.product) is State.DIFFERS


def test_lists_of_stock_and_of_prices_tell_of_those_alone(things: Things) -> None:
    thing = things.thing("TEE", here="7", there="4")
    assert stands(things, thing.variant, "stock") is State.DIFFERS
    assert stands(things, thing.variant, "price") is State.IN_STEP
    (row,) = items.rows(about(things, "stock"), [thing.variant])
    assert [each.text for each in row.stock.told] == ["7", "4"]
    assert [each.text for each in row.price.told] == ["€199.00"]


def test_a_product_s_line_sums_its_variants(things: Things) -> None:
    thing = things.thing("TEE-M", there=None, price="10")
    other = things.record("variant", "TEE-L", thing.product)
    things.show(
        things.back, things.record("product", "x"), other, "b2", "TEE-L", "5", "12"
    )
    (row,) = items.rows(about(things), [thing.product])
    assert row.parts == 2
    assert [each.text for each in row.stock.told] == ["12"]
    assert [each.text for each in row.price.told] == ["€10.00 – €12.00"]


@pytest.mark.parametrize("few", [0, 100])
def test_what_was_not_seen_for_days_is_found(things: Things, few: int) -> None:
    """By way of the old rows where those are few, else item by item."""
    now = timezone.now()
    old = things.thing("OLD", seen_at=now - timedelta(days=8))
    things.thing("NEW")
    for kind, wanted in (("product", old.product), ("variant", old.variant)):
        of = about(things, kind)
        listed = items.listed(of, Chosen(kind=kind))
        assert list(items.unseen(of, listed, now - timedelta(days=7), few)) == [wanted]


@pytest.mark.parametrize(
    "term", ["TEE-1", "tee-1", "s-TEE-1", "b-TEE-1", "Blue shirt", "blue"]
)
def test_an_item_is_found_by_key_id_and_name(things: Things, term: str) -> None:
    thing = things.thing("TEE-1", "Blue shirt")
    things.thing("TEE-10", "Red shirt")
    assert finding.one(things.tenant, term) == thing.product


def test_a_word_inside_a_name_is_found_where_nothing_else_fits(things: Things) -> None:
    thing = things.thing("TEE-1", "Blue shirt")
    assert thing.product in finding.records(things.tenant, "shirt")
    assert not finding.records(things.tenant, "nothing of the kind").exists()


def test_an_order_is_found_by_its_number(things: Things) -> None:
    order = things.record("order", "Order 1042")
    things.record("payment", "Payment of order 1042", order)
    things.record("order", "Order 10421")
    for term in ("1042", "#1042"):
        assert finding.one(things.tenant, term) == order
    assert finding.page_of(order) == ("orders", str(order.uid))


def test_a_page_takes_the_same_statements_for_one_item_and_for_many(
    things: Things,
) -> None:
    def count(wanted: int) -> int:
        page = list(items.listed(about(things), Chosen())[:wanted])
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert len(items.rows(about(things), page)) == wanted
        return len(caught)

    for number in range(12):
        things.thing(f"SKU-{number}", f"Tee {number}")
    assert count(12) == count(1) <= 10
