"""The pages of orders: where each stands, and the buttons for what is stuck."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.canonical.kinds import Kind
from integration.models import Delivery, Link, Run
from synclog.models import AuditEvent
from tests.admin.rows import CANARY, Rows
from tests.dashboard.sales import Sales, soon

At = Callable[..., str]


@pytest.fixture
def sales(rows: Rows) -> Sales:
    return Sales(rows)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.everywhere.get(pk=delivery.pk)


def verbs() -> list[str]:
    return list(AuditEvent.everywhere.order_by("pk").values_list("verb", flat=True))


def test_the_list_tells_number_buyer_total_way_and_why(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    done = sales.order("1042")
    sales.invoiced(done, "INV-88")
    sales.owed(done, "done")
    waiting = sales.order("1039", "Beta Berg")
    sales.owed(
        waiting,
        "refused",
        attempts=2,
        wait_reason="retry",
        not_before=soon(),
        message='Tax code "SE25" is not in Xero.',
    )
    page = text(shop_owner, at("orders"))
    for told in ("1042", "Anna Holm", "SEK", "INV-88", "1039", "Beta Berg"):
        assert told in page
    assert "try 3 of 13" in page
    assert "Tax code &quot;SE25&quot; is not in Xero." in page
    assert "Try now" in page
    assert CANARY not in page


def test_states_are_counted_and_filtered_by(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    stands = {
        "new": {},
        "posting": {"state": "sending"},
        "waiting": {"state": "unknown", "attempts": 1},
        "needs_you": {"state": "refused", "code": "may_already_exist"},
        "on_hold": {"state": "blocked", "wait_reason": "held"},
        "gave_up": {"state": "gave_up", "attempts": 13},
    }
    for number, more in enumerate(stands.values()):
        sales.owed(sales.order(f"20{number}"), **more)
    posted = sales.order("209")
    sales.owed(posted, "gave_up")
    sales.owed(posted, "done")
    sales.invoiced(posted, "INV-9")
    for number, state in enumerate(stands):
        answer = shop_owner.get(at("orders"), {"state": state})
        assert dict(answer.context["tabs"]) == dict.fromkeys([*stands, "posted"], "1")
        assert [line.number for line in answer.context["lines"]] == [f"20{number}"]
        assert [line.state for line in answer.context["lines"]] == [state]
    answer = shop_owner.get(at("orders"), {"state": "posted"})
    assert [line.number for line in answer.context["lines"]] == ["209"]


@pytest.mark.parametrize(
    "asked", ["1042", "#1042", "shop-1042", "inv-INV-88", "inv-88", "ANNA@example.com"]
)
def test_an_order_is_found_by_what_people_remember(
    shop_owner: Client, sales: Sales, at: At, asked: str
) -> None:
    sales.invoiced(sales.order("1042"), "INV-88")
    sales.order("7", "Carl Dahl")
    answer = shop_owner.get(at("orders"), {"q": asked})
    assert [line.number for line in answer.context["lines"]] == ["1042"]


def test_names_of_fields_find_nothing_and_strange_filters_break_nothing(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    sales.order("1")
    assert "No order fits" in text(shop_owner, at("orders") + "?q=total_tax")
    strange = "?q=%00&state=x&connection=x&since=2026-02-31&until=9999-12-31&after=x"
    answer = shop_owner.get(at("orders") + strange)
    assert [line.number for line in answer.context["lines"]] == ["1"]


def test_orders_that_no_webhook_told_of_are_marked_and_counted(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    sales.owed(sales.order("1"), cause="schedule")
    sales.owed(sales.order("2"), cause="webhook")
    assert "found by the poll" not in text(shop_owner, at("orders"))
    sales.shop.webhooks_checked_at = timezone.now()
    sales.shop.save()
    page = text(shop_owner, at("orders"))
    assert "told of it, this month 1 of 2:" in page
    assert page.count("found by the poll") == 1


def test_one_order_shows_its_steps_sums_documents_and_payloads(
    looker: Client, sales: Sales, at: At
) -> None:
    order = sales.order("1042")
    sales.invoiced(order, "INV-88", total=Decimal("124.01"))
    payload = {"Total": 124.01, "api_token": CANARY}
    sales.owed(order, "done", payload=zlib.compress(json.dumps(payload).encode()))
    page = text(looker, at("orders_show", order.uid))
    assert "Invoice INV-88 in books" in page
    assert "written as lines of the document" in page
    assert "differs by" in page
    assert "not told apart" in page
    assert "inv-INV-88" in page
    assert "&quot;Total&quot;: 124.01" in page
    assert CANARY not in page
    assert at("orders_sync", order.uid) not in page


def test_equal_sums_say_so(looker: Client, sales: Sales, at: At) -> None:
    order = sales.order("1042")
    sales.invoiced(order, "INV-88")
    page = looker.get(at("orders_show", order.uid))
    assert page.context["comparison"].equal
    assert "differs by" not in page.content.decode()


def test_retry_hold_and_release_do_what_they_say_and_are_noted(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    order = sales.order("1")
    owed = sales.owed(order, "refused", attempts=3, not_before=soon())
    shop_owner.post(at("orders_act", order.uid, owed.pk, "hold"))
    assert (fresh(owed).state, fresh(owed).wait_reason) == ("blocked", "held")
    shop_owner.post(at("orders_act", order.uid, owed.pk, "release"))
    assert fresh(owed).state == "planned"
    Delivery.everywhere.filter(pk=owed.pk).update(state="gave_up")
    answer = shop_owner.post(
        at("orders_act", order.uid, owed.pk, "retry"), {"to": "list"}
    )
    assert answer.headers["Location"] == at("orders")
    assert (fresh(owed).state, fresh(owed).attempts) == ("planned", 0)
    assert verbs() == ["held", "released", "retried"]


def test_posting_again_is_asked_for_first_and_only_where_the_outcome_is_unknown(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    order = sales.order("1")
    owed = sales.owed(order, "refused", code="may_already_exist", frozen=b"{}")
    known = sales.owed(sales.order("2"), "refused", code="bad")
    again = at("orders_again", order.uid, owed.pk)
    page = text(shop_owner, at("orders_show", order.uid))
    assert again in page
    assert "Look in books" in page
    assert "it will be there twice" in text(shop_owner, again)
    assert fresh(owed).state == "refused"
    shop_owner.post(again)
    assert (fresh(owed).state, fresh(owed).frozen) == ("planned", None)
    shop_owner.post(at("orders_again", known.record.uid, known.pk))
    assert fresh(known).state == "refused"
    assert verbs() == ["posted_again"]


def test_done_by_hand_with_the_id_links_it_and_owes_its_payment(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    sales.way(Kind.PAYMENT)
    order = sales.order("1")
    payment = sales.paid(order)
    owed = sales.owed(order, "gave_up", attempts=13)
    done = at("orders_done", order.uid, owed.pk)
    assert "Its id there" in text(shop_owner, done)
    shop_owner.post(done, {"external_id": " 8841 "})
    link = Link.everywhere.get(connection=sales.books, kind="invoice")
    assert (link.external_id, link.record) == ("8841", order)
    assert (fresh(owed).state, fresh(owed).done_by) == ("closed", "confirmed")
    planned = Delivery.everywhere.get(kind="payment")
    assert (planned.record, planned.state) == (payment, "planned")
    assert verbs() == ["confirmed"]


def test_an_id_of_another_order_is_refused_and_nothing_changes(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    sales.invoiced(sales.order("1"), "INV-1")
    order = sales.order("2")
    owed = sales.owed(order, "refused")
    done = at("orders_done", order.uid, owed.pk)
    answer = shop_owner.post(done, {"external_id": "inv-INV-1"})
    assert answer.status_code == 422
    assert "belongs to another order" in answer.content.decode()
    assert fresh(owed).state == "refused"
    assert verbs() == []


def test_done_by_hand_without_an_id_closes_what_was_given_up(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    order = sales.order("1")
    owed = sales.owed(order, "gave_up")
    shop_owner.post(at("orders_done", order.uid, owed.pk), {"external_id": ""})
    assert fresh(owed).state == "closed"
    answer = shop_owner.get(at("orders"))
    assert dict(answer.context["tabs"])["gave_up"] == "0"
    assert not Link.everywhere.filter(connection=sales.books).exists()


def test_sync_now_reads_the_order_where_it_is_known(
    shop_owner: Client, sales: Sales, at: At
) -> None:
    order = sales.order("1042")
    shop_owner.post(at("orders_sync", order.uid))
    asked = [run.selection for run in Run.everywhere.filter(cause="manual")]
    assert {"type": "These", "ids": ["shop-1042"]} in asked
    assert verbs() == ["sync_now"]


def test_who_may_only_look_changes_nothing(
    looker: Client, sales: Sales, at: At
) -> None:
    order = sales.order("1")
    owed = sales.owed(order, "refused")
    key = (order.uid, owed.pk)
    for url in (
        at("orders_act", *key, "retry"),
        at("orders_again", *key),
        at("orders_done", *key),
        at("orders_sync", order.uid),
    ):
        assert looker.post(url).status_code == 403
    assert fresh(owed).state == "refused"
    assert looker.get(at("orders_act", *key, "retry")).status_code in (403, 405)


def test_another_merchant_s_order_is_nowhere(
    shop_owner: Client, sales: Sales, at: At, rows: Rows
) -> None:
    order = sales.order("1")
    owed = sales.owed(order, "refused")
    key = (order.uid, owed.pk)
    other = rows.tenants()
    for model in (type(order), Delivery):
        model.everywhere.update(tenant=other)
    assert shop_owner.get(at("orders_show", order.uid)).status_code == 404
    assert shop_owner.get(at("orders_done", *key)).status_code == 404
    assert shop_owner.post(at("orders_act", *key, "retry")).status_code == 404


def test_a_page_costs_the_same_statements_for_any_number_of_orders(
    looker: Client, sales: Sales, at: At
) -> None:
    sales.shop.webhooks_checked_at = timezone.now()
    sales.shop.save()

    def asked(url: str) -> int:
        with CaptureQueriesContext(database) as captured:
            assert looker.get(url).status_code == 200
        return len(captured)

    first = sales.order("0")
    sales.invoiced(first, "INV-0")
    sales.owed(first, cause="schedule")
    urls = [
        at("orders"),
        at("orders") + "?q=anna&state=new",
        at("orders_show", first.uid),
    ]
    before = [asked(url) for url in urls]
    for number in range(1, 40):
        order = sales.order(f"{number}")
        sales.invoiced(order, f"INV-{number}")
        sales.owed(order, "refused", message="no")
        sales.owed(first, "done")
    sales.paid(first)
    assert [asked(url) for url in urls] == before
