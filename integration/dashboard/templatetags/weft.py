"""Template tags of the merchant pages: states, times, amounts, small charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from babel.dates import format_timedelta
from babel.numbers import format_currency, format_decimal
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from integration.insight.values import locale
from synclog.saying import said

register = template.Library()
register.filter(said)
DAY = 86_400


class Look(NamedTuple):
    """How a state is shown: its word, its tone (ok, warn, bad, idle), its icon."""

    word: Any
    tone: str
    icon: str


# The one glossary of states: pages, mail and API say the same words.
LOOKS = {
    "in_step": Look(_("In step"), "ok", "check"),
    "differs": Look(_("Differs"), "warn", "unequal"),
    "waiting": Look(_("Waiting"), "idle", "clock"),
    "retrying": Look(_("Retrying"), "warn", "again"),
    "needs_you": Look(_("Needs you"), "bad", "hand"),
    "skipped": Look(_("Skipped"), "idle", "skip"),
    "ignored": Look(_("Ignored"), "idle", "mute"),
    "late": Look(_("Late"), "warn", "clock"),
    "paused": Look(_("Paused"), "idle", "pause"),
    "crashed": Look(_("Crashed"), "bad", "cross"),
    "gave_up": Look(_("Gave up"), "bad", "cross"),
    "not_linked": Look(_("Not linked yet"), "idle", "unequal"),
    "gone": Look(_("Gone"), "idle", "skip"),
    # Connections.
    "healthy": Look(_("Healthy"), "ok", "check"),
    "setting_up": Look(_("Being set up"), "idle", "clock"),
    "syncing": Look(_("Syncing"), "ok", "again"),
    "trouble": Look(_("Trouble"), "warn", "again"),
    "needs_reauth": Look(_("Needs new credentials"), "bad", "hand"),
    "disconnected": Look(_("Disconnected"), "idle", "skip"),
    # Runs, deliveries, notices.
    "queued": Look(_("Queued"), "idle", "clock"),
    "running": Look(_("Running"), "ok", "again"),
    "held": Look(_("On hold: asks you"), "bad", "hand"),
    "settling": Look(_("Finishing"), "ok", "again"),
    "done": Look(_("Done"), "ok", "check"),
    "failed": Look(_("Failed"), "bad", "cross"),
    "cancelled": Look(_("Stopped"), "idle", "skip"),
    "planned": Look(_("Waiting"), "idle", "clock"),
    "blocked": Look(_("Waiting for another"), "idle", "clock"),
    "sending": Look(_("Sending"), "ok", "again"),
    "accepted": Look(_("Taken, not to be seen yet"), "ok", "clock"),
    "unknown": Look(_("Outcome unknown"), "warn", "clock"),
    "refused": Look(_("Refused"), "bad", "cross"),
    "parked": Look(_("Crashed"), "bad", "cross"),
    "closed": Look(_("Closed"), "idle", "skip"),
    # Orders and invoices.
    "new": Look(_("New"), "idle", "clock"),
    "posting": Look(_("Posting"), "ok", "again"),
    "on_hold": Look(_("On hold"), "idle", "pause"),
    "posted": Look(_("Posted"), "ok", "check"),
    "sent": Look(_("Sent"), "ok", "check"),
    "dropped": Look(_("Overtaken by events"), "idle", "skip"),
    "open": Look(_("Open"), "bad", "hand"),
    "resolved": Look(_("Resolved"), "ok", "check"),
    # Webhooks.
    "received": Look(_("Received"), "idle", "clock"),
    "processed": Look(_("Processed"), "ok", "check"),
    "merged": Look(_("Merged with another"), "idle", "check"),
    "triggered": Look(_("Led to a read"), "ok", "again"),
    "bad_signature": Look(_("Bad signature, dropped"), "bad", "cross"),
    "unreadable": Look(_("Not understood, dropped"), "bad", "cross"),
    "on": Look(_("On"), "ok", "check"),
    "off": Look(_("Off"), "idle", "pause"),
}


@register.inclusion_tag("dashboard/_status.html")
def status(state: str, detail: str = "") -> dict[str, Any]:
    """A state as icon, word and colour; `detail` follows the word."""
    look = LOOKS.get(str(state), Look(str(state).replace("_", " "), "idle", "clock"))
    return {"look": look, "detail": detail}


@register.inclusion_tag("dashboard/_icon.html")
def icon(name: str) -> dict[str, str]:
    """A small drawing without words, hidden from screen readers."""
    return {"name": name}


@register.simple_tag(takes_context=True)
def ago(context: Any, moment: datetime | None, never: str = "–") -> SafeString | str:
    """A time as people say it, "3 min ago", with the exact one behind it.

    Written out where the person asked for exact times.
    """
    if moment is None:
        return never
    exact = date_format(timezone.localtime(moment), "Y-m-d H:i:s")
    told = exact if context.get("absolute_times") else _relative(moment)
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        moment.isoformat(),
        exact,
        timezone.get_current_timezone_name(),
        told,
    )


def _relative(moment: datetime) -> str:
    away = moment - timezone.now()
    if abs(away.total_seconds()) > 30 * DAY:
        return date_format(timezone.localtime(moment), "Y-m-d")
    return format_timedelta(
        away, add_direction=True, format="short", threshold=1.2, locale=locale()
    )


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """1204 as people write it: "1,204"."""
    return "–" if value is None else format_decimal(value, locale=locale())


@register.simple_tag
def amount(value: Decimal | None, currency: str) -> str:
    """Money as people write it, with its currency."""
    if value is None:
        return "–"
    return format_currency(value, currency, locale=locale()) if currency else str(value)


@register.simple_tag(takes_context=True)
def query(context: Any, **changes: Any) -> str:
    """This page's query with some of it changed; what is empty is left out."""
    chosen = context["request"].GET.copy()
    for name, value in changes.items():
        chosen.pop(name, None)
        if value not in (None, ""):
            chosen[name] = str(value)
    return f"?{chosen.urlencode()}" if chosen else "?"


@register.inclusion_tag("dashboard/_bars.html")
def bars(points: Sequence[Any], title: str) -> dict[str, Any]:
    """Small upright bars: `points` have `label`, `good` and `bad`."""
    most = max((point.good + point.bad for point in points), default=0) or 1
    drawn = [
        {
            "x": 8 * place,
            "good": round(40 * point.good / most, 1),
            "bad": round(40 * point.bad / most, 1),
            "good_y": round(40 - 40 * point.good / most, 1),
            "bad_y": round(40 - 40 * (point.good + point.bad) / most, 1),
            "point": point,
        }
        for place, point in enumerate(points)
    ]
    return {"drawn": drawn, "width": 8 * len(points), "title": title}
