"""Home says whether all is well, what waits for whom, and what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.models import Connection, Run, Tenant

if TYPE_CHECKING:
    from tests.admin.rows import Rows

At = Callable[..., str]


def words(answer: object) -> str:
    """The text of a page as it came."""
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_a_new_merchant_is_led_to_its_first_connection(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    Connection.everywhere.all().delete()
    page = words(shop_owner.get(at("home")))
    assert "Nothing is connected yet" in page
    assert at("connections_new") in page


def test_a_lost_connection_stands_on_top_with_what_waits_and_its_button(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    rows.deliveries(kind="order")
    rows.deliveries(kind="product")
    Connection.everywhere.filter(pk=rows.shop.pk).update(health="needs_reauth")
    page = words(shop_owner.get(at("home")))
    assert "2 writes are waiting for it" in page
    assert at("connections_show", rows.shop.pk) in page


def test_what_was_not_read_in_time_is_late_and_not_fine(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    page = words(shop_owner.get(at("home")))
    assert "late" in page
    assert "nothing is wrong" in page


def test_errors_are_told_apart_by_who_acts_next(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    rows.errors()
    rows.errors(who="clock", code="unreachable", group="g2")
    needs = shop_owner.get(at("home")).context["needs"]
    assert (needs.errors, needs.groups, needs.yours, needs.retried) == (2, 2, 1, 1)


def test_the_hours_hold_what_was_done_in_them(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    run = rows.runs()
    then = timezone.now() - timedelta(hours=2)
    Run.everywhere.filter(pk=run.pk).update(
        created=3, updated=4, failed=1, created_at=then
    )
    hours = shop_owner.get(at("home")).context["hours"]
    assert len(hours) == 24
    assert [(each.good, each.bad) for each in hours if each.good] == [(7, 1)]


def test_a_poll_gets_the_part_that_changes(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    part = words(shop_owner.get(at("home"), headers={"HX-Target": "live"}))
    assert "<html" not in part
    assert "In step" in part


def test_more_rows_take_no_more_queries(rows: Rows, shop_owner: Client, at: At) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as made:
            assert shop_owner.get(at("home")).status_code == 200
        return len(made)

    def more(count: int) -> None:
        for _ in range(count):
            rows.records()
            rows.errors()
            rows.deliveries(kind="order")
            rows.usages()
            rows.audits()

    more(1)
    shop_owner.get(at("home"))
    before = queries()
    more(4)
    assert queries() == before


def test_nothing_of_another_merchant_s_is_counted(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    beta = Tenant.objects.create(slug="beta", name="Beta")
    rows.errors()
    before = shop_owner.get(at("home")).context["needs"]
    rows.tenant, acme = beta, rows.tenant
    rows.shop = rows.connection("woocommerce", "theirs-shop")
    rows.back = rows.connection("crystal", "theirs-back")
    rows.errors(record=None, run=None)
    rows.tenant = acme
    assert shop_owner.get(at("home")).context["needs"] == before
