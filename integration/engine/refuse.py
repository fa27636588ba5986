"""What became of a write that went wrong: who acts next, when it is tried again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from integration.canonical.kinds import SALES, Kind
from integration.engine import full, links, pacing, setback
from integration.engine.draft import Draft
from integration.engine.ladder import MAY_EXIST, TELL_AFTER, next_try
from integration.engine.lease import settling
from integration.errors import (
    BadConfig,
    Permanent,
    SyncFailure,
    TooLarge,
    Transient,
    Unknown,
    Unpaired,
    Unsupported,
)
from integration.models import Delivery, DeliveryState, Route
from synclog import alerts, journal

if TYPE_CHECKING:
    from integration.engine.push import Batch

State = DeliveryState
# What was sent stays as it was sent until it is known what became of it.
IN_DOUBT = (State.ACCEPTED, State.UNKNOWN)
# In these the clock goes on by itself: nobody is told before the third try.
_QUIET = (State.PLANNED, *IN_DOUBT)
_FAILED = [
    "state",
    "attempts",
    "not_before",
    "wait_reason",
    "code",
    "message",
    "frozen",
    "ended_at",
]


def refuse(batch: Batch, refused: Sequence[tuple[Draft, SyncFailure]]) -> None:
    """Each refused one alone: an open error, and its ladder where it has one."""
    for failure_type in {type(error) for _, error in refused}:
        same = [(d, error) for d, error in refused if type(error) is failure_type]
        _fail(batch, same)
    full.count_down([draft.delivery for draft, _ in refused])


def set_back(batch: Batch, drafts: Sequence[Draft], failure: SyncFailure) -> None:
    """One failure struck all of these drafts."""
    target = batch.route.target
    if _hides_a_culprit(drafts, failure):
        pacing.halve(target, batch.kind, len(drafts))
        sent = unsettled(drafts).exclude(state__in=IN_DOUBT)
        sent.update(state=State.PLANNED, frozen=None)
        return
    if isinstance(failure, Unknown) and len(drafts) > 1:
        pacing.halve(target, batch.kind, len(drafts))
    setback.of_connection(target, failure)
    reason = setback.waits(failure)
    if reason:
        unsettled(drafts).update(
            state=Case(
                When(state__in=IN_DOUBT, then=F("state")), default=Value(State.PLANNED)
            ),
            not_before=setback.until(failure),
            wait_reason=reason,
            message=failure.message,
        )
        return
    _fail(batch, [(draft, failure) for draft in drafts])
    full.count_down([draft.delivery for draft in drafts])


def _hides_a_culprit(drafts: Sequence[Draft], failure: SyncFailure) -> bool:
    """A whole batch was refused for its size, or for what one of it may have done."""
    if len(drafts) == 1 or isinstance(failure, BadConfig):
        return False
    return isinstance(failure, TooLarge | Permanent)


def _fail(batch: Batch, failed: Sequence[tuple[Draft, SyncFailure]]) -> None:
    """Set state, next try and words of each; open errors for what a person, or the
    third try, makes worth telling."""
    names = _names(batch, [draft for draft, _ in failed])
    told: list[journal.Problem] = []
    given_up: list[journal.Problem] = []
    for draft, error in failed:
        delivery = draft.delivery
        _mark(delivery, error, batch.kind)
        problem = setback.told(delivery, error, names[delivery.pk])
        if delivery.state == State.GAVE_UP:
            given_up.append(problem)
        if delivery.state not in _QUIET or delivery.attempts >= TELL_AFTER:
            told.append(problem)
    deliveries = [draft.delivery for draft, _ in failed]
    with settling(batch.held, batch.route.tenant_id):
        Delivery.everywhere.bulk_update(deliveries, _FAILED)
        _forget_corrections(deliveries)
        _plan_newer(deliveries)
        journal.close_former(batch.route.target, told)
        journal.open_problems(batch.route.target, told)
        alerts.gave_up(batch.route.target, given_up)


def _mark(delivery: Delivery, error: SyncFailure, kind: Kind) -> None:
    delivery.attempts += 1
    due = next_try(kind, error, delivery.attempts)
    delivery.code, delivery.message = error.code, error.message
    delivery.state = _state_after(delivery, error, due is not None, kind)
    delivery.not_before = due or timezone.now()
    delivery.wait_reason = "retry" if due else ""
    if delivery.state not in IN_DOUBT:
        delivery.frozen = None
    if delivery.state == State.GAVE_UP:
        delivery.ended_at = timezone.now()


def _forget_corrections(deliveries: Sequence[Delivery]) -> None:
    """What a person corrected by hand was for this one try."""
    corrected = [
        delivery.pk
        for delivery in deliveries
        if delivery.edited and delivery.state in (State.REFUSED, State.GAVE_UP)
    ]
    if corrected:
        Delivery.everywhere.filter(pk__in=corrected).update(edited=None)


def _plan_newer(deliveries: Sequence[Delivery]) -> None:
    """What was folded in while these were under way may do better: due at once."""
    wanted = {delivery.pk: delivery.wanted for delivery in deliveries}
    refused = Delivery.everywhere.filter(pk__in=wanted, state=State.REFUSED)
    newer = [pk for pk, now in refused.values_list("pk", "wanted") if now > wanted[pk]]
    refused.filter(pk__in=newer).update(
        state=State.PLANNED, not_before=timezone.now(), attempts=0
    )


def _state_after(
    delivery: Delivery, error: SyncFailure, again: bool, kind: Kind
) -> State:
    unanswered = isinstance(error, Unknown) and error.code != MAY_EXIST
    # A look-up that failed says nothing about the write it was to find.
    unfound = delivery.state == State.UNKNOWN and isinstance(error, Transient)
    if unanswered or unfound:
        return State.UNKNOWN if again else State.GAVE_UP
    if delivery.state == State.ACCEPTED and isinstance(error, Transient):
        return State.ACCEPTED
    if isinstance(error, Permanent | Unknown):
        waits = isinstance(error, Unknown | Unpaired)
        gave_up = kind in SALES and not again and not waits
        return State.GAVE_UP if gave_up else State.REFUSED
    return State.PLANNED if again else State.GAVE_UP


def _names(batch: Batch, drafts: Iterable[Draft]) -> Mapping[int, str]:
    """What each item is called on its source: the id a merchant can look up."""
    by_record = links.names(batch, [draft.delivery.record_id for draft in drafts])
    return {
        draft.delivery.pk: by_record.get(draft.delivery.record_id, draft.uid)
        for draft in drafts
    }


def unsettled(drafts: Sequence[Draft]) -> QuerySet[Delivery]:
    """The rows as this conversation left them: nobody else's work is touched."""
    return Delivery.everywhere.filter(
        pk__in=[draft.delivery.pk for draft in drafts],
        state__in=(State.PLANNED, State.SENDING, State.ACCEPTED, State.UNKNOWN),
    )


def unwritable(route: Route, kind: Kind) -> None:
    """The target has no way to write this kind: said once per delivery."""
    Delivery.everywhere.filter(
        route=route, kind=kind, state__in=(State.PLANNED, State.UNKNOWN)
    ).update(
        state=State.REFUSED,
        code=Unsupported.code,
        message=f"{route.target} cannot take a {kind}.",
    )
