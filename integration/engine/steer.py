"""The buttons: what a person may do to work that waits, and each leaves its trace."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integration.canonical.kinds import FACETS
from integration.engine import facets, reread, turned_away
from integration.models import (
    Connection,
    Delivery,
    DeliveryState,
    EventState,
    Health,
    Link,
    Priority,
    Record,
    Run,
    RunState,
    Tenant,
    WebhookEvent,
)
from integration.models.delivery import OPEN_DELIVERIES, STUCK_DELIVERIES
from integration.models.run import ACTIVE_RUNS
from synclog import journal

Person = User | None
# Why a delivery waits that a person put aside.
HELD = "held"


def sync_now(records: Sequence[Record], user: Person = None) -> list[Run]:
    """Read these things anew from every platform that knows them, at once."""
    runs = []
    for record in records:
        for link in Link.everywhere.filter(record=record).select_related("connection"):
            run = reread.thing(link.connection, link.kind, link.external_id)
            if run is not None and run not in runs:
                runs.append(run)
        journal.audit(record.tenant_id, "sync_now", str(record), user=user)
    return runs


def retry(chosen: QuerySet[Delivery], user: Person = None) -> int:
    """Try again at once what is refused or waits; what ended stuck is opened anew.

    A write of unknown outcome is looked for first, as ever.
    """
    now = timezone.now()
    waiting = chosen.filter(
        state__in=(
            DeliveryState.PLANNED,
            DeliveryState.UNKNOWN,
            DeliveryState.REFUSED,
        )
    ).exclude(code="may_already_exist")
    again = dict(not_before=now, attempts=0, wait_reason="", priority=Priority.MANUAL)
    with transaction.atomic():
        _audit(waiting, "retried", user)
        count = waiting.exclude(state=DeliveryState.REFUSED).update(**again)
        count += waiting.filter(state=DeliveryState.REFUSED).update(
            state=DeliveryState.PLANNED, **again
        )
        for delivery in chosen.filter(
            state__in=(DeliveryState.GAVE_UP, DeliveryState.PARKED)
        ):
            reopened = _reopen(delivery, again)
            if reopened:
                _audit(Delivery.everywhere.filter(pk=delivery.pk), "retried", user)
            count += reopened
    return count


def _reopen(delivery: Delivery, again: dict[str, object]) -> int:
    """One open delivery per record: where a newer one is open, that one serves."""
    open_now = Delivery.everywhere.filter(
        route=delivery.route, record=delivery.record, state__in=OPEN_DELIVERIES
    )
    if open_now.exists():
        return 0
    state = DeliveryState.UNKNOWN if delivery.frozen else DeliveryState.PLANNED
    return Delivery.everywhere.filter(pk=delivery.pk).update(
        state=state, ended_at=None, crashes=0, **again
    )


def hold(chosen: QuerySet[Delivery], user: Person = None) -> int:
    """Put aside until a person releases it: nothing tries it meanwhile."""
    with transaction.atomic():
        waiting = chosen.filter(
            state__in=(DeliveryState.PLANNED, DeliveryState.REFUSED)
        ).exclude(code="may_already_exist")
        _audit(waiting, "held", user)
        return waiting.update(state=DeliveryState.BLOCKED, wait_reason=HELD)


def release(chosen: QuerySet[Delivery], user: Person = None) -> int:
    """What was on hold goes at once."""
    with transaction.atomic():
        held = chosen.filter(state=DeliveryState.BLOCKED, wait_reason=HELD)
        _audit(held, "released", user)
        return held.update(
            state=DeliveryState.PLANNED,
            wait_reason="",
            attempts=0,
            not_before=timezone.now(),
        )


def confirm_there(delivery: Delivery, external_id: str, user: Person = None) -> None:
    """A person saw it on the target: link it; nothing is written, and what belongs to
    it is owed.

    IntegrityError where that id there is linked to something else.
    """
    with transaction.atomic():
        # Links are written by one at a time (see ManyRowsModel).
        Tenant.objects.select_for_update().only("pk").get(pk=delivery.tenant_id)
        Link.everywhere.update_or_create(
            tenant_id=delivery.tenant_id,
            connection=delivery.route.target,
            kind=delivery.kind,
            record=delivery.record,
            defaults={"external_id": external_id, "gone_at": None},
        )
        _close(delivery, "confirmed", user)
        if delivery.kind not in FACETS:
            facets.owe_of(
                delivery.route.target, [delivery.record_id], delivery.priority
            )


def post_again(delivery: Delivery, user: Person = None) -> None:
    """A person saw that it is not there: send it as a new intent."""
    with transaction.atomic():
        _audit(Delivery.everywhere.filter(pk=delivery.pk), "posted_again", user)
        Delivery.everywhere.filter(pk=delivery.pk, state__in=STUCK_DELIVERIES).update(
            state=DeliveryState.PLANNED,
            not_before=timezone.now(),
            ended_at=None,
            attempts=0,
            crashes=0,
            frozen=None,
            absent_at=None,
            code="",
            message="",
        )


def close(chosen: QuerySet[Delivery], user: Person = None) -> int:
    """A person decides that these are not owed, or has done them by hand."""
    with transaction.atomic():
        closing = chosen.filter(
            state__in=(*OPEN_DELIVERIES, *STUCK_DELIVERIES)
        ).exclude(state=DeliveryState.SENDING)
        deliveries = list(closing.select_related("route__target"))
        for delivery in deliveries:
            _close(delivery, "closed_by_person", user)
    return len(deliveries)


def _close(delivery: Delivery, by: str, user: Person) -> None:
    _audit(Delivery.everywhere.filter(pk=delivery.pk), by, user)
    Delivery.everywhere.filter(pk=delivery.pk).update(
        state=DeliveryState.CLOSED, done_by=by, ended_at=timezone.now(), frozen=None
    )
    journal.close_problems(
        delivery.route.target,
        kind=delivery.kind,
        record_ids=[delivery.record_id],
        by="person",
    )
    Delivery.everywhere.filter(
        state=DeliveryState.BLOCKED, waits_for=delivery.pk
    ).update(state=DeliveryState.PLANNED, waits_for=None, not_before=timezone.now())


def pause(connections: QuerySet[Connection], user: Person = None) -> int:
    """Nothing is read or written there until it is resumed; what is owed waits."""
    return _set_health(
        connections, (Health.HEALTHY, Health.TROUBLE), Health.PAUSED, "paused", user
    )


def resume(connections: QuerySet[Connection], user: Person = None) -> int:
    """Go on; a circuit that had opened is closed and tried at once."""
    return _set_health(
        connections,
        (Health.PAUSED, Health.TROUBLE, Health.NEEDS_REAUTH),
        Health.HEALTHY,
        "resumed",
        user,
    )


def _set_health(
    connections: QuerySet[Connection],
    before: Sequence[Health],
    after: Health,
    verb: str,
    user: Person,
) -> int:
    chosen = list(connections.filter(health__in=before))
    for connection in chosen:
        journal.audit(connection.tenant_id, verb, str(connection), user=user)
    return Connection.everywhere.filter(pk__in=[each.pk for each in chosen]).update(
        health=after, problem="", circuit_failures=0, circuit_until=None
    )


def go_on(runs: QuerySet[Run], user: Person = None) -> int:
    """A held run was right: what vanished has really gone."""
    held = runs.filter(state=RunState.HELD)
    for run in held:
        journal.audit(run.tenant_id, "confirmed_vanishing", str(run), user=user)
    return held.update(
        state=RunState.RUNNING, confirmed=True, not_before=timezone.now(), message=""
    )


def cancel(runs: QuerySet[Run], user: Person = None) -> int:
    """Stop reading; nothing is stamped, nothing is swept."""
    active = runs.filter(state__in=ACTIVE_RUNS)
    for run in active:
        journal.audit(run.tenant_id, "stopped", str(run), user=user)
    return active.update(
        state=RunState.CANCELLED, ended_at=timezone.now(), message="Stopped."
    )


def replay(chosen: QuerySet[WebhookEvent], user: Person = None) -> int:
    """Act on events once more: the platform is read anew, their bodies are not used.

    What was turned away at the door was never an event, and stays away.
    """
    chosen = chosen.exclude(turned_away.MARKED)
    with transaction.atomic():
        for event in chosen:
            journal.audit(event.tenant_id, "replayed", str(event), user=user)
        return chosen.update(state=EventState.RECEIVED, run=None, reason="")


def _audit(chosen: QuerySet[Delivery], verb: str, user: Person) -> None:
    for delivery in chosen.select_related("record"):
        journal.audit(delivery.tenant_id, verb, str(delivery.record), user=user)
