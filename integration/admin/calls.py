"""Calls and freshness of a connection as staff see them, on whatever page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.html import format_html, format_html_join

from integration.admin.shown import NOTHING, link_to
from integration.engine import forecast, freshness
from integration.engine.forecast import Forecast
from integration.models import Connection

# Routes whose saving is worth a line.
SAVINGS = 5
LATE = "text-red-700 dark:text-red-400"


def lists_of(connection: Connection) -> str:
    """Its lists, when each was last read, and why it is late."""
    lists = freshness.of([connection], timezone.now()).get(connection.pk, [])
    return table(
        (each.stream, format_html('<span class="{}">{}</span>', tone, each.words()))
        for each in lists
        for tone in (LATE if each.late else "",)
    )


def calls_of(connection: Connection) -> str:
    """Its windows, what each route used, the month to come, and what could be saved."""
    found = forecast.of(connection, timezone.now())
    rows = [("window", window.words()) for window in found.windows]
    rows += _used(found)
    rows.append(("a month", f"about {found.month:,} calls at the pace of now"))
    rows += [
        (
            "to save",
            f"{saving.calls:,} calls a month: {saving.route}, every {saving.then:,} s",
        )
        for saving in found.savings[:SAVINGS]
        if saving.calls
    ]
    return table(rows)


def table(rows: Iterable[Sequence[str]]) -> str:
    """Names and values, one below the other."""
    lines = format_html_join(
        "",
        '<tr><td class="pr-6 py-1 align-top">{}</td>'
        '<td class="py-1 break-words text-important">{}</td></tr>',
        rows,
    )
    return format_html("<table>{}</table>", lines) if lines else NOTHING


def _used(found: Forecast) -> list[tuple[str, str]]:
    return [
        (
            link_to(used.route) if used.route else "reading, upkeep",
            f"{used.hour:,} this hour, {used.day:,} today, {used.month:,} this month, "
            f"{used.share}% of the week",
        )
        for used in found.used
    ]
