"""Edit and resend: a person corrects what a platform refused, for the next try alone.

The source keeps what it has. Once its own value of a field changes, that is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integration.canonical.codec import digest
from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.messages import Action
from integration.engine import compose, corrections
from integration.engine.corrections import Field, Unfit
from integration.engine.draft import Draft
from integration.engine.ladder import MAY_EXIST
from integration.engine.maps import writing
from integration.errors import SyncFailure
from integration.models import Delivery, DeliveryState, Priority, Tenant
from integration.models.delivery import OPEN_DELIVERIES
from synclog import journal

Person = User | None
_encoder = msgspec.json.Encoder(decimal_format="number", order="deterministic")


class Look(NamedTuple):
    """What would be sent now. `problem` says why nothing can be; `seen` tells whether
    it is the same still when the person is done."""

    payload: Mapping[str, Any]
    fields: Sequence[Field]
    action: str = ""
    seen: str = ""
    problem: str = ""


class Change(NamedTuple):
    """One correction: a field, what the source says, and what is sent in its place."""

    path: str
    before: Any
    after: Any


def editable(delivery: Delivery) -> bool:
    """Whether a person may correct it: refused or given up, and surely not done."""
    if delivery.state == DeliveryState.REFUSED:
        return delivery.code != MAY_EXIST
    if delivery.state != DeliveryState.GAVE_UP or delivery.frozen is not None:
        return False
    return not Delivery.everywhere.filter(
        route=delivery.route_id,
        record=delivery.record_id,
        state__in=OPEN_DELIVERIES,
    ).exists()


def look(delivery: Delivery) -> Look:
    """Map it anew, as the next try would, and show it; nothing is sent or stored."""
    if not editable(delivery):
        return Look(
            {}, (), problem=_("Only what was refused or given up is corrected.")
        )
    route, kind = delivery.route, Kind(delivery.kind)
    if kind not in registry.connector(route.target.platform).writes:
        return Look({}, (), problem=_("Nothing of this kind is taken there."))
    made = compose.compose(route, kind, [delivery])
    if not made.ready:
        return Look({}, (), problem=_why_not(made))
    payload, action = _payload(made.ready[0], kind)
    return Look(
        payload,
        corrections.fields(payload),
        str(action),
        digest(_encoder.encode(payload)).hex(),
    )


def _payload(draft: Draft, kind: Kind) -> tuple[Mapping[str, Any], Action]:
    """What would go without the corrections that are stored already."""
    route = draft.delivery.route
    settings = {**route.target.settings, **route.options}
    earlier, draft.delivery.edited = draft.delivery.edited, None
    needed = compose.settle(draft, writing(route.target, kind), settings)
    draft.delivery.edited = earlier
    return (draft.payload if needed else draft.full), draft.action


def _why_not(made: compose.Composed) -> str:
    failures: list[SyncFailure] = [
        error for draft, error in (*made.refused, *made.blocked)
    ]
    if failures:
        return failures[0].message
    if made.ownerless:
        return _("What it belongs to is not there yet.")
    return _("It is not owed any more.")


def changes(seen: Look, given: Mapping[str, str]) -> list[Change]:
    """What a person would change. Raises Unfit where a value does not fit its field,
    or where nothing differs."""
    known = {field.path: field.value for field in seen.fields}
    changed = corrections.read(seen.payload, given)
    if not changed:
        raise Unfit("", _("Nothing differs from what the source says"))
    return [Change(path, known[path], value) for path, value in changed.items()]


def send(
    delivery: Delivery, given: Mapping[str, str], seen: str, user: Person = None
) -> None:
    """Store the corrections for the next try and make that due at once.

    Raises Unfit as `changes`, and where the delivery or what it says has changed since
    the person `seen` it.
    """
    with transaction.atomic():
        Tenant.objects.select_for_update().only("pk").get(pk=delivery.tenant_id)
        delivery.refresh_from_db()
        now = look(delivery)
        if now.problem or now.seen != seen:
            raise Unfit(
                "", now.problem or _("It has changed meanwhile: look at it again")
            )
        made = changes(now, given)
        Delivery.everywhere.filter(pk=delivery.pk).update(
            edited={change.path: change.after for change in made},
            state=DeliveryState.PLANNED,
            not_before=timezone.now(),
            priority=min(delivery.priority, Priority.MANUAL),
            attempts=0,
            wait_reason="",
            ended_at=None,
        )
        journal.audit(
            delivery.tenant_id,
            "edited",
            str(delivery.record),
            user=user,
            before={change.path: _told(change.before) for change in made},
            after={change.path: _told(change.after) for change in made},
        )


def _told(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else str(value)
