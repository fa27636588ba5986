"""What a route's source shows and its target lacks, as staff see it on the route."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join

from integration.admin.shown import LINK, NOTHING
from integration.engine import unlinked
from integration.engine.unlinked import Counts, Reason
from integration.models import Route

WORDS = {
    Reason.NEVER_MATCHED: "never matched, or not let pass by a filter",
    Reason.AMBIGUOUS: "ambiguous",
    Reason.REFUSED: "refused",
    Reason.WAITING: "on their way",
}


def unlinked_of(route: Route) -> str:
    """How many things are not linked, why, and which."""
    counts = unlinked.counts(route)
    return format_html(
        "<p>{}</p>{}", summary(counts), _list(route) if counts.open else ""
    )


def summary(counts: Counts) -> str:
    """In a sentence: "3 of 120 are not linked yet: 2 ambiguous, 1 refused"."""
    total = sum(counts.by_reason.values())
    if not total:
        return f"All {counts.shown:,} are linked." if counts.shown else NOTHING
    parts = [
        f"{counts.by_reason[reason]:,} {words}"
        for reason, words in WORDS.items()
        if counts.by_reason.get(reason)
    ]
    return f"{total:,} of {counts.shown:,} are not linked yet: {', '.join(parts)}."


def _list(route: Route) -> str:
    rows = format_html_join(
        "",
        '<tr><td class="pr-6 py-1 align-top"><a class="{}" href="{}">{}</a></td>'
        '<td class="pr-6 py-1 align-top">{}</td>'
        '<td class="py-1 break-words text-important">{} {}</td></tr>',
        (
            (
                LINK,
                f"../../../record/{each.record_id}/change/",
                each.label or each.external_id,
                each.external_id,
                each.reason,
                each.message,
            )
            for each in unlinked.listed(route)
        ),
    )
    return format_html("<table>{}</table>", rows)
