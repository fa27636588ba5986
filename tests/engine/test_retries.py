"""Trying many problems again: what it starts, how it counts, how it is called off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from synclog.journal import Problem

if TYPE_CHECKING:
    from integration.models import Delivery
    from synclog.models import SyncError
    from tests.admin.rows import Rows


@pytest.fixture
def rows(db: None) -> Rows:
    """One merchant with two accounts and a route."""
    from tests.admin.rows import Rows

    return Rows()


def failing(rows: Rows, state: str = "refused", **more: Any) -> SyncError:
    """An error of a write in this state, an hour old."""
    hour_ago = timezone.now() - timedelta(hours=1)
    record = rows.records()
    of_delivery = {
        "record": record,
        "state": state,
        "code": more.get("code", "refused"),
        "frozen": None,
        "priority": 40,
    }
    of_delivery |= more.pop("delivery", {})
    delivery = rows.deliveries(**of_delivery)
    return rows.errors(
        delivery=delivery,
        record=record,
        run=None,
        first_at=hour_ago,
        last_at=hour_ago,
        **more,
    )


def unread(rows: Rows, **more: Any) -> SyncError:
    """An error of a row that could not be read, an hour old."""
    hour_ago = timezone.now() - timedelta(hours=1)
    return rows.errors(
        connection=rows.back, record=None, first_at=hour_ago, last_at=hour_ago, **more
    )


def fail_again(rows: Rows, error: SyncError) -> None:
    """The same problem is told of once more."""
    from synclog import journal

    problem = Problem(error.kind, error.external_id, error.code, error.field, "Still.")
    journal.open_problems(error.connection, [problem])


def delivery_of(error: SyncError) -> Delivery:
    from integration.models import Delivery

    return Delivery.everywhere.get(pk=error.delivery_id)


def test_what_was_refused_and_given_up_is_due_at_once_under_one_trace(
    rows: Rows,
) -> None:
    from integration.engine import retries
    from synclog.models import AuditEvent

    refused, given_up = failing(rows), failing(rows, "gave_up")
    sent = failing(rows, "gave_up", delivery={"frozen": b"{}"})
    asked = failing(rows, code="may_already_exist")
    retry = retries.start(rows.tenant, {"kind": "product"})
    assert [delivery_of(each).state for each in (refused, given_up, sent, asked)] == [
        "planned",
        "planned",
        "unknown",
        "refused",
    ]
    assert delivery_of(given_up).ended_at is None
    assert (retry.total, retries.progress(retry).waiting) == (3, 3)
    event = AuditEvent.everywhere.get()
    assert (event.verb, event.subject) == ("retried", "3 errors")
    assert event.after == {"filters": {"kind": "product"}}


def test_the_counts_add_up_whatever_became_of_each(rows: Rows) -> None:
    from integration.engine import retries
    from synclog import journal

    good, bad, other, waits, later = (failing(rows) for _ in range(5))
    retry = retries.start(rows.tenant, {"code": "refused"})
    journal.close_problems(
        rows.shop, kind="product", record_ids=[good.record_id], by="sync"
    )
    fail_again(rows, bad)
    type(other).everywhere.filter(pk=other.pk).update(
        state="resolved", resolved_by="other"
    )
    retries.start(rows.tenant, {"ids": [later.pk]})
    counted = retries.progress(retry)
    assert counted == (5, 1, 1, 2, 0, 1)
    assert counted.total == sum(counted[1:])
    assert delivery_of(waits).state == "planned"


def test_a_retry_reaches_no_further_than_its_filter(rows: Rows) -> None:
    from integration.engine import retries

    failing(rows, label="Red mug"), failing(rows, label="Blue cup")
    failing(rows, state="refused", label="Red tee", who="staff")
    ignored = failing(rows, label="Red ignored")
    type(ignored).everywhere.filter(pk=ignored.pk).update(state="ignored")
    chosen = {"text": "red", "class": "data", "connection": str(rows.shop.pk)}
    assert retries.start(rows.tenant, chosen).total == 1
    assert retries.start(rows.tenant, {"connection": "no number"}).total == 0
    assert retries.start(rows.tenant, {"older_than": "9" * 30}).total == 0
    assert retries.start(rows.tenant, {"tab": "ignored"}).total == 1
    with pytest.raises(ValueError, match="colour"):
        retries.start(rows.tenant, {"colour": "red"})
    assert retries.start(rows.tenants(), {}).total == 0


def test_calling_off_puts_back_what_was_not_tried(rows: Rows) -> None:
    from integration.engine import retries
    from synclog.models import AuditEvent

    refused = failing(rows)
    given_up = failing(rows, "gave_up", gave_up_at=timezone.now())
    by_clock = failing(rows, "planned", who="clock", code="unreachable")
    sale = failing(rows, kind="order", delivery={"kind": "order"})
    tried, under_way = failing(rows), failing(rows)
    newer = failing(rows, delivery={"wanted": 9, "sending": 4})
    retry = retries.start(rows.tenant, {})
    fail_again(rows, tried)
    type(under_way.delivery).everywhere.filter(pk=under_way.delivery_id).update(
        state="sending"
    )
    assert retries.cancel(retry) == 3
    assert retries.cancel(retry) == 0
    stands = {
        name: delivery_of(error).state
        for name, error in (
            ("refused", refused),
            ("given_up", given_up),
            ("by_clock", by_clock),
            ("sale", sale),
            ("newer", newer),
        )
    }
    assert stands == {
        "refused": "refused",
        "given_up": "gave_up",
        "by_clock": "planned",
        "sale": "refused",
        "newer": "planned",
    }
    assert delivery_of(sale).wait_reason == "retry"
    assert delivery_of(sale).not_before > timezone.now()
    assert retries.progress(retry) == (7, 1, 0, 1, 5, 0)
    assert [each.verb for each in AuditEvent.everywhere.order_by("pk")] == [
        "retried",
        "retry_cancelled",
    ]


def test_what_could_not_be_read_is_asked_for_together(rows: Rows) -> None:
    from integration.engine import retries
    from integration.models import Run

    errors = [unread(rows) for _ in range(7)]
    facts = unread(rows, kind="setting", code="fact_changed")
    Run.everywhere.all().delete()
    retry = retries.start(rows.tenant, {})
    asked = [run for run in Run.everywhere.all() if run.selection["type"] == "These"]
    assert len(asked) == 1
    assert sorted(asked[0].selection["ids"]) == sorted(e.external_id for e in errors)
    assert retries.progress(retry) == (7, 7, 0, 0, 0, 0)
    facts.refresh_from_db()
    assert facts.retry_id is None
    Run.everywhere.filter(pk=asked[0].pk).update(state="done")
    assert retries.progress(retry).failed == 7


def test_a_read_that_was_called_off_does_not_begin(rows: Rows) -> None:
    from integration.engine import retries
    from integration.models import Run

    unread(rows)
    retry = retries.start(rows.tenant, {})
    assert retries.cancel(retry) == 1
    asked = Run.everywhere.filter(cause="retry", selection__type="These").get()
    assert asked.state == "cancelled"
    assert retries.progress(retry).cancelled == 1


def test_a_list_that_failed_is_read_the_same_way_again(rows: Rows) -> None:
    from integration.engine import retries
    from integration.models import Run

    failed = rows.runs()
    Run.everywhere.filter(pk=failed.pk).update(
        state="failed",
        stream="products",
        selection={"type": "Everything", "resend": False},
        everything=True,
    )
    unread(rows, kind="setting", external_id="stream products", run=failed)
    assert retries.start(rows.tenant, {}).total == 1
    again = Run.everywhere.get(cause="retry")
    assert (again.stream, again.everything) == ("products", True)


def test_thousands_cost_as_many_statements_as_a_few(rows: Rows) -> None:
    from integration.engine import retries
    from integration.models import Delivery, Record
    from synclog.models import SyncError

    def statements() -> int:
        with CaptureQueriesContext(
            database,
        ) as made:
            retries.start(rows.tenant, {"tab": "open"})
        return len(made)

    failing(rows), failing(rows, "gave_up")
    few = statements()
    Delivery.everywhere.all().delete()
    now = timezone.now()
    records = Record.everywhere.bulk_create(
        Record(tenant=rows.tenant, kind="product", label=str(n)) for n in range(400)
    )
    deliveries = Delivery.everywhere.bulk_create(
        Delivery(
            tenant=rows.tenant,
            route=rows.route,
            record=record,
            kind="product",
            state="gave_up" if place % 2 else "refused",
        )
        for place, record in enumerate(records)
    )
    SyncError.everywhere.all().delete()
    SyncError.everywhere.bulk_create(
        SyncError(
            tenant=rows.tenant,
            connection=rows.shop,
            kind="product",
            external_id=str(delivery.pk),
            code="refused",
            group="g",
            message="No.",
            first_at=now,
            last_at=now,
            record_id=delivery.record_id,
            delivery=delivery,
        )
        for delivery in deliveries
    )
    assert statements() <= few + 1
    assert Delivery.everywhere.filter(state="planned").count() == 400


def test_ignored_until_it_changes_is_told_again_once_it_did(rows: Rows) -> None:
    from integration.engine import problems
    from integration.models import Record
    from synclog.models import SyncError

    same, changed, for_good = (failing(rows) for _ in range(3))
    Record.everywhere.update(revision=5)
    both = SyncError.everywhere.filter(pk__in=[same.pk, changed.pk])
    assert problems.ignore(both, until_changed=True) == 2
    problems.ignore(SyncError.everywhere.filter(pk=for_good.pk))
    Record.everywhere.exclude(pk=same.record_id).update(revision=6)
    SyncError.everywhere.update(told_at=timezone.now())
    for error in (same, changed, for_good):
        fail_again(rows, error)
    stands = dict(SyncError.everywhere.values_list("pk", "state"))
    assert stands == {same.pk: "ignored", changed.pk: "open", for_good.pk: "ignored"}
    assert SyncError.everywhere.get(told_at=None).pk == changed.pk
    assert set(SyncError.everywhere.values_list("count", flat=True)) == {2}
    assert problems.notice(SyncError.everywhere.filter(pk=same.pk)) == 1
    same.refresh_from_db()
    assert (same.state, same.ignored_revision) == ("open", None)
