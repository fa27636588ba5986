"""How a delivery stands in the words of a merchant: its state, its ladder, its safety.

One set of rules for lists, counts and single pages, as conditions and in Python.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.connector import Repeat
from integration.engine.ladder import MAY_EXIST
from integration.engine.steer import HELD as HELD_BACK
from integration.models import Delivery, DeliveryState, Link
from integration.models.delivery import OPEN_DELIVERIES
from synclog.saying import said

NEW, POSTING, WAITING, NEEDS_YOU = "new", "posting", "waiting", "needs_you"
GAVE_UP, HELD, POSTED, CLOSED = "gave_up", "on_hold", "posted", "closed"
RECEIVED = "received"
# The worst first: what one order is that goes to several platforms.
WORST = (GAVE_UP, NEEDS_YOU, HELD, WAITING, POSTING, NEW, CLOSED, POSTED, RECEIVED)
LOST = (DeliveryState.GAVE_UP, DeliveryState.PARKED)

_RETRIED = Q(state=DeliveryState.REFUSED, wait_reason="retry")
_HELD = Q(state=DeliveryState.BLOCKED, wait_reason=HELD_BACK)
_NEW = Q(state=DeliveryState.PLANNED, attempts=0, wait_reason="")
_POSTING = Q(state__in=(DeliveryState.SENDING, DeliveryState.ACCEPTED))
_NEEDS = Q(state=DeliveryState.REFUSED) & ~Q(wait_reason="retry")
# By state: which deliveries stand so. `GAVE_UP` where nothing came after it.
CONDITIONS = {
    NEW: _NEW,
    POSTING: _POSTING,
    WAITING: Q(state__in=OPEN_DELIVERIES) & ~(_NEW | _POSTING | _NEEDS | _HELD),
    NEEDS_YOU: _NEEDS,
    HELD: _HELD,
    GAVE_UP: Q(state__in=LOST),
}

REASONS = {
    "retry": gettext_lazy("The last try failed."),
    "budget": gettext_lazy("The calls this platform allows are used up for now."),
    "throttle": gettext_lazy("The platform asked Weft to slow down."),
    "credentials": gettext_lazy("The connection needs new credentials."),
    "held": gettext_lazy("Somebody put it on hold."),
    "source_read": gettext_lazy("Its source is asked for a missing part first."),
    "looked_once": gettext_lazy(
        "No answer came when it was sent: Weft looks whether it is there."
    ),
    "accepted": gettext_lazy("The platform took it and does not show it yet."),
    "fault": gettext_lazy("A fault of Weft stopped it; it is tried again."),
}
ENDS = {
    "written": gettext_lazy("Written"),
    "found": gettext_lazy("Sent, found there, linked"),
    "linked": gettext_lazy("Found there and linked, nothing written"),
    "equal": gettext_lazy("It was there already, nothing to change"),
    "confirmed": gettext_lazy("A person saw it there and linked it"),
    "closed_by_person": gettext_lazy("A person marked it as done by hand"),
    "no_owner": gettext_lazy("What it belongs to is not there"),
    "not_linked": gettext_lazy("Nothing there matches, and this route writes nothing"),
    "same_there": gettext_lazy("It is the same as another that is there"),
    "merged": gettext_lazy("It was merged with another"),
    "gone": gettext_lazy("It is gone from its source"),
    "source_unknown": gettext_lazy("Its source does not show it"),
    "disconnected": gettext_lazy("The connection was ended"),
}


def state_of(delivery: Delivery | None, link: Link | None) -> str:
    """How one record stands on one target, by its last delivery and its link there."""
    if delivery is not None:
        found = _stands(delivery)
        if found:
            return found
    if link is not None and link.gone_at is None:
        return POSTED
    return CLOSED if delivery is not None else RECEIVED


def _stands(delivery: Delivery) -> str:
    """The name under `CONDITIONS` that fits; "" once it ended well or was closed."""
    state = DeliveryState(delivery.state)
    if state in LOST:
        return GAVE_UP
    if state not in OPEN_DELIVERIES:
        return ""
    if state in (DeliveryState.SENDING, DeliveryState.ACCEPTED):
        return POSTING
    if state == DeliveryState.REFUSED:
        return WAITING if delivery.wait_reason == "retry" else NEEDS_YOU
    if state == DeliveryState.BLOCKED and delivery.wait_reason == HELD_BACK:
        return HELD
    fresh = delivery.attempts == 0 and not delivery.wait_reason
    return NEW if state == DeliveryState.PLANNED and fresh else WAITING


def next_try(delivery: Delivery) -> datetime | None:
    """When the clock takes it up again; None where nobody but a person can."""
    by_clock = (DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)
    retried = (
        delivery.state == DeliveryState.REFUSED and delivery.wait_reason == "retry"
    )
    return delivery.not_before if delivery.state in by_clock or retried else None


def tries(delivery: Delivery) -> tuple[int, int] | None:
    """Which try the next one is, and of how many; None where the clock tries no more,
    or has not begun to try again."""
    if not delivery.attempts or next_try(delivery) is None:
        return None
    sale = delivery.state == DeliveryState.REFUSED and Kind(delivery.kind) in SALES
    ladder: list[int] = (
        settings.WEFT_LADDER_SALE if sale else settings.WEFT_LADDER_TRANSIENT
    )
    return delivery.attempts + 1, max(len(ladder), delivery.attempts) + 1


def may_exist(delivery: Delivery) -> bool:
    """Whether it was sent and nobody knows what became of it, so that Weft neither
    repeats nor forgets it by itself."""
    asked = delivery.state == DeliveryState.REFUSED and delivery.code == MAY_EXIST
    return asked or (delivery.state in LOST and bool(delivery.frozen))


def reason(delivery: Delivery) -> str:
    """Why it is where it is, in one line; "" where all is said by its state."""
    if delivery.message:
        return said(delivery.message)
    if delivery.state == DeliveryState.BLOCKED and delivery.waits_for is not None:
        waits_for = str(delivery.waits_for.record)
        return _("It waits for %(what)s.") % {"what": waits_for}
    return str(REASONS.get(delivery.wait_reason, ""))


def ended(delivery: Delivery) -> str:
    """How it ended, in a few words; "" where it has not."""
    return str(ENDS.get(delivery.done_by, delivery.done_by.replace("_", " ")))


def safety(delivery: Delivery, link: Link | None) -> str:
    """What trying again will do, so that nobody fears to double it."""
    target = delivery.route.target
    names: dict[str, Any] = {"what": str(delivery.record), "target": str(target)}
    if link is not None and link.gone_at is None:
        names["id"] = link.external_id
        return (
            _(
                "Safe to retry: %(what)s already has id %(id)s in %(target)s, Weft "
                "updates it."
            )
            % names
        )
    if delivery.code == MAY_EXIST:
        return (
            _(
                "Look in %(target)s first: it was sent and no answer came, so it may "
                "be there."
            )
            % names
        )
    if looks_first(delivery):
        return (
            _(
                "Safe to retry: Weft first looks whether it is in %(target)s and links "
                "it if so."
            )
            % names
        )
    if delivery.frozen:
        return (
            _("It was sent and no answer came: Weft asks you before it sends it again.")
            % names
        )
    return _("Safe to retry: %(target)s has not taken it.") % names


def looks_first(delivery: Delivery) -> bool:
    """Whether the target can be asked for what may have been made there already."""
    target = delivery.route.target
    writes = registry.connector(target.platform).writes.get(Kind(delivery.kind))
    if writes is None or writes.repeat != Repeat.FIND:
        return False
    return not writes.repeat_setting or bool(target.settings.get(writes.repeat_setting))
