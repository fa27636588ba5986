"""The to-do list of pairs: what is owed, what may be chosen, what goes when it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integration.models import Delivery, Lookup, Route
from synclog.models import AuditEvent
from tests.admin.rows import Rows
from tests.dashboard.sales import Sales

At = Callable[..., str]


@pytest.fixture
def sales(rows: Rows) -> Sales:
    found = Sales(rows)
    found.order("1042")
    return found


def entry(sales: Sales, table: str, code: str, **data: Any) -> None:
    Lookup.everywhere.create(
        tenant=sales.tenant,
        connection=sales.books,
        table=table,
        external_id=f"id-{code}",
        code=code,
        label=f"Name of {code}",
        data=data,
        seen_at=timezone.now(),
    )


def lists(sales: Sales) -> None:
    entry(sales, "tax_rates", "OUTPUT2")
    entry(sales, "accounts", "200", type="REVENUE")
    entry(sales, "accounts", "090", type="BANK")


def pairs(route: Route) -> Any:
    return Route.everywhere.get(pk=route.pk).pairs


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_list_counts_what_is_chosen_and_offers_what_fits(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    lists(sales)
    sales.route.pairs = {"tax": {"taxed": "OUTPUT2"}}
    sales.route.save()
    shown = page(shop_owner, at("routes_pairs", sales.route.pk))
    assert "1 of 3 chosen" in shown
    assert 'name="account|goods"' in shown
    assert "200 – Name of 200" in shown
    # No account for money is offered for sales.
    assert "090" not in shown
    assert "Any other" in shown


def test_a_saved_pair_lets_go_what_waited_and_says_how_many(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    lists(sales)
    waits = sales.owed(sales.order("1043"), "refused", code="unpaired")
    url = at("routes_pairs", sales.route.pk)
    answer = shop_owner.post(
        url, {"tax|taxed": "OUTPUT2", "account|*": "200"}, follow=True
    )
    assert "1 thing that waited goes now." in answer.content.decode()
    assert "3 of 3 chosen" in answer.content.decode()
    assert pairs(sales.route) == {"tax": {"taxed": "OUTPUT2"}, "account": {"*": "200"}}
    assert Delivery.everywhere.get(pk=waits.pk).state == "planned"
    assert AuditEvent.everywhere.filter(verb="paired").count() == 2
    # An emptied field takes its pair away.
    shop_owner.post(url, {"tax|taxed": "", "account|*": "200"})
    assert pairs(sales.route) == {"tax": {}, "account": {"*": "200"}}


def test_a_choice_the_target_does_not_have_is_told_at_its_field_and_none_is_stored(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    lists(sales)
    url = at("routes_pairs", sales.route.pk)
    answer = shop_owner.post(url, {"account|goods": "200", "tax|taxed": "NO"})
    assert answer.status_code == 200
    wrong = [
        (line.name, bool(line.wrong))
        for group in answer.context["groups"]
        for line in group.lines
    ]
    assert ("tax|taxed", True) in wrong
    assert ("account|goods", False) in wrong
    assert pairs(sales.route) == {}
    assert not AuditEvent.everywhere.filter(verb="paired").exists()


def test_a_long_list_is_searched_and_an_unread_one_is_typed(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    url = at("routes_pairs", sales.route.pk)
    assert "was not read yet" in page(shop_owner, url)
    for number in range(60):
        entry(sales, "accounts", f"4{number:02}", type="REVENUE")
    shown = page(shop_owner, url)
    assert '<datalist id="entries-2"> <option value="400">' in shown.replace(
        '"><option', '"> <option'
    )
    assert '<select class="form-select form-select-sm" id="pair-2-1"' not in shown


def test_a_viewer_reads_the_list_and_chooses_nothing(
    looker: Client, sales: Sales, at: At
) -> None:
    url = at("routes_pairs", sales.route.pk)
    assert "disabled" in page(looker, url)
    assert looker.post(url, {"tax|taxed": "OUTPUT2"}).status_code == 403
    assert pairs(sales.route) == {}


def test_a_route_that_needs_none_says_so(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    assert "No pairs are needed" in page(shop_owner, at("routes_pairs", rows.route.pk))
