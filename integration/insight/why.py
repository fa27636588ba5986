"""Why an item stands as it does, in one sentence: made by rules from facts, the same
words on the page and through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.canonical.kinds import Kind
from integration.insight import values
from integration.insight.conditions import State
from integration.insight.item import Item
from integration.models import Delivery, DeliveryState, Health, Policy
from integration.models.connection import STOPPED
from synclog.models import SyncError, Who
from synclog.saying import said

TODAY = "H:i"
EARLIER = "Y-m-d H:i"


def sentence(item: Item) -> str:
    """The sentence, in the language and time zone in force."""
    return RULES[item.row.state](item)


def _ignored(item: Item) -> str:
    since = item.record.ignored_at
    whole = item.record.parent
    if since is None and whole is not None:
        since = whole.ignored_at
    return _("Ignored since %(when)s: it is read on, and nothing is written of it.") % {
        "when": _when(since)
    }


def _needs_you(item: Item) -> str:
    error = _first(item, lambda each: each.who != Who.CLOCK)
    return _told(error) if error else _("A problem of it is open.")


def _retrying(item: Item) -> str:
    tried = [each for each in item.owed if each.attempts]
    if tried:
        delivery = tried[0]
        words = ngettext(
            "The last try to write to %(target)s failed: %(message)s The next try is "
            "at %(when)s, after %(count)s so far.",
            "The last try to write to %(target)s failed: %(message)s The next try is "
            "at %(when)s, after %(count)s so far.",
            delivery.attempts,
        )
        return words % {
            "target": delivery.route.target,
            "message": _ended(said(delivery.message)),
            "when": _when(delivery.not_before),
            "count": delivery.attempts,
        }
    error = _first(item, lambda each: each.who == Who.CLOCK)
    return _told(error) if error else _("Weft tries it again by itself.")


def _waiting(item: Item) -> str:
    if not item.owed:
        return _("A write of it is on its way.")
    delivery = item.owed[0]
    target = delivery.route.target
    facts = {
        "source": delivery.route.source,
        "target": target,
        "when": _when(delivery.not_before),
    }
    if target.health in STOPPED:
        return _stopped(target.health) % facts
    return _waits(delivery) % facts


def _stopped(health: str) -> str:
    if health == Health.PAUSED:
        return _("%(target)s is paused; what is owed to it waits.")
    if health == Health.NEEDS_REAUTH:
        return _("%(target)s needs new credentials; what is owed to it waits.")
    return _("%(target)s is disconnected; what is owed to it waits.")


def _waits(delivery: Delivery) -> str:
    """Why one write has not been made yet."""
    if delivery.wait_reason == "held":
        return _("A person put the write to %(target)s on hold.")
    if delivery.state == DeliveryState.BLOCKED:
        return _("The write to %(target)s waits for another that it needs.")
    if delivery.state == DeliveryState.SENDING:
        return _("It is being written to %(target)s now.")
    if delivery.state == DeliveryState.ACCEPTED:
        return _("%(target)s took it and does not show it yet.")
    if delivery.state == DeliveryState.UNKNOWN:
        return _("%(target)s did not answer; Weft looks first whether it arrived.")
    if delivery.not_before > timezone.now():
        return _("%(source)s changed; %(target)s is written to at %(when)s.")
    return _("%(source)s changed; it is next in line to be written to %(target)s.")


def _gone(item: Item) -> str:
    lost = [link for link in item.links if link.gone_at]
    if not lost:
        return _("Gone since %(when)s.") % {"when": _when(item.record.gone_at)}
    newest = max(lost, key=lambda link: link.gone_at or timezone.now())
    return _("%(source)s has not shown it any more since %(when)s.") % {
        "source": newest.connection,
        "when": _when(newest.gone_at),
    }


def _not_linked(item: Item) -> str:
    if not item.lacking:
        return _("One of its routes has no counterpart of it yet.")
    route = item.lacking[0]
    facts = {"source": route.source, "target": route.target}
    if route.policy == Policy.LINK_ONLY:
        return (
            _(
                "%(source)s has it, and nothing in %(target)s matched it; the route "
                "links only and creates nothing."
            )
            % facts
        )
    return _("%(source)s has it, and nothing in %(target)s is linked to it.") % facts


def _skipped(item: Item) -> str:
    places = ", ".join(str(column.connection) for column in item.columns)
    if not places:
        return _("No platform tells anything about it; others point at it.")
    return _("No route brings it from where it is known: %(places)s.") % {
        "places": places
    }


def _differs(item: Item) -> str:
    if item.row.strays:
        stray = item.row.strays[0]
        words = STRAY.get(stray.kind, STRAY[Kind.STOCK])
        return str(words()) % {
            "source": stray.route.source,
            "target": stray.route.target,
            "here": values.spoken(stray.source),
            "there": values.spoken(stray.target),
            "seen": _when(_seen(item, stray.route.source_id)),
            "later": _when(_seen(item, stray.route.target_id)),
        }
    refused = [each for each in item.owed if each.state == DeliveryState.REFUSED]
    if refused:
        return _("%(target)s refused it and the problem is ignored: %(message)s") % {
            "target": refused[0].route.target,
            "message": _ended(said(refused[0].message)),
        }
    return _("Its platforms show different values.")


def _in_step(item: Item) -> str:
    if any(column.linked_only for column in item.columns):
        return _("Linked, never overwritten: every platform keeps its own data.")
    targets = [column for column in item.columns if column.written_at]
    if targets:
        newest = max(targets, key=lambda column: column.written_at or timezone.now())
        return _("In step: %(target)s confirmed what was last sent, at %(when)s.") % {
            "target": newest.connection,
            "when": _when(newest.written_at),
        }
    return _("In step: nothing is owed to any platform.")


def _stock_differs() -> str:
    return _(
        "Stock differs: %(source)s says %(here)s (%(seen)s), %(target)s says "
        "%(there)s (%(later)s)."
    )


def _price_differs() -> str:
    return _(
        "The price differs: %(source)s says %(here)s (%(seen)s), %(target)s says "
        "%(there)s (%(later)s)."
    )


STRAY = {Kind.STOCK: _stock_differs, Kind.PRICE: _price_differs}
RULES: dict[State, Callable[[Item], str]] = {
    State.IGNORED: _ignored,
    State.NEEDS_YOU: _needs_you,
    State.RETRYING: _retrying,
    State.WAITING: _waiting,
    State.GONE: _gone,
    State.NOT_LINKED: _not_linked,
    State.SKIPPED: _skipped,
    State.DIFFERS: _differs,
    State.IN_STEP: _in_step,
}


def _first(item: Item, fits: Callable[[SyncError], bool]) -> SyncError | None:
    return next((error for error in item.errors if fits(error)), None)


def _told(error: SyncError) -> str:
    """A problem's own words: what happened, then what to do."""
    message = _ended(said(error.message))
    return f"{error.connection}: {message} {said(error.hint)}".strip()


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) or not text else f"{text}."


def _seen(item: Item, connection_id: int) -> datetime | None:
    found = [c.seen_at for c in item.columns if c.connection.pk == connection_id]
    return found[0] if found else None


def _when(moment: datetime | None) -> str:
    """The clock today, with the date before."""
    if moment is None:
        return _("not known when")
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    return date_format(local, TODAY if today else EARLIER)
