"""What merchants call kinds, policies, causes and lengths of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integration.engine.cost import Estimate
from integration.http.limits import Limit
from integration.insight.values import locale
from integration.models import Drift, Missing, Policy, Route
from synclog import nouns

register = template.Library()

POLICIES: Mapping[str, Any] = {
    Policy.OVERWRITE: _("kept equal: the source is the master"),
    Policy.CREATE_ONLY: _("created where missing, never changed"),
    Policy.LINK_ONLY: _("linked, never overwritten"),
}
MISSING: Mapping[str, Any] = {
    Missing.CREATE: _("Create it first"),
    Missing.GUEST: _("Use the account for guests"),
    Missing.HOLD: _("Hold until it is linked"),
}
DRIFTS: Mapping[str, Any] = {
    Drift.LEAVE: _("Leave it until the source changes"),
    Drift.RESTORE: _("Write the source's data again"),
}
KEYS: Mapping[str, Any] = {
    "sku": _("SKU"),
    "email": _("E-mail"),
    "account_number": _("Account number"),
    "name": _("Name"),
}
CAUSES: Mapping[str, Any] = {
    "schedule": _("By the clock"),
    "webhook": _("Webhooks"),
    "manual": _("Asked for by a person"),
    "install": _("First reads"),
    "route": _("New routes"),
    "preflight": _("Pre-flight of a new connection"),
    "retry": _("Errors tried again"),
    "needed": _("Something else needs it"),
    "rotation": _("What was not seen for longest"),
    "missed": _("What webhooks missed"),
    "unknown_entry": _("Lists read for an unknown entry"),
    "mapping_changed": _("Mapped anew"),
}

# Units, how many seconds each is, and how many of them people still read as such.
UNITS = (("day", 86_400, 366), ("hour", 3600, 72), ("minute", 60, 120))


@register.filter
def things(kind: str) -> str:
    """Several of a kind, as the title of a list: "Products"."""
    return nouns.many(kind)


@register.filter
def route_name(route: Route) -> str:
    """A route as people tell it from others: "Products: Galaxy → Main shop"."""
    return f"{things(route.kind)}: {route.source} → {route.target}"


@register.filter
def policy(word: str) -> Any:
    """What a route may do there, in words: "linked, never overwritten"."""
    return POLICIES.get(word, word)


@register.filter
def missing(word: str) -> Any:
    """What is done about a partner that the target lacks."""
    return MISSING.get(word, word)


@register.filter
def drift(word: str) -> Any:
    """What is done where somebody edits our data on the target."""
    return DRIFTS.get(word, word)


@register.filter
def key(name: str) -> Any:
    """What a natural key is called."""
    return KEYS.get(name, name)


@register.filter
def cause(word: str) -> Any:
    """What asked for a read."""
    return CAUSES.get(word, word.replace("_", " "))


@register.filter
def lasting(time: float | timedelta) -> str:
    """A length of time, or so many seconds, in words: "2 hours", exact where it is
    whole in some unit."""
    exact = time.total_seconds() if isinstance(time, timedelta) else time
    seconds = round(exact)
    if 0 < exact < 1:
        milliseconds = round(exact * 1000)
        return format_unit(milliseconds, "duration-millisecond", locale=locale())
    for unit, size, most in UNITS:
        if 0 < seconds <= size * most and seconds % size == 0:
            return format_unit(seconds // size, f"duration-{unit}", locale=locale())
    return format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=locale())


@register.filter
def allowance(limit: Limit) -> str:
    """What a platform allows: "5,000 calls in 1 day", "5 calls at once"."""
    told = {"calls": format_decimal(limit.calls, locale=locale())}
    if limit.at_once:
        words = ngettext(
            "%(calls)s call at once", "%(calls)s calls at once", limit.calls
        )
        return words % told
    time = {"time": lasting(limit.seconds)}
    words = ngettext(
        "%(calls)s call in %(time)s", "%(calls)s calls in %(time)s", limit.calls
    )
    return words % (told | time)


@register.filter
def costing(estimate: Estimate) -> str:
    """What a read costs: "about 3 calls"."""
    if not estimate.calls:
        return str(_("no call"))
    words = (
        ngettext("about %(calls)s call", "about %(calls)s calls", estimate.calls)
        if estimate.learned
        else ngettext(
            "about %(calls)s call, at a guess",
            "about %(calls)s calls, at a guess",
            estimate.calls,
        )
    )
    return words % {"calls": format_decimal(estimate.calls, locale=locale())}
