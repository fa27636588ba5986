"""What a route's pairs are, and which are owed: the to-do list of its page."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join

from integration.contract.connector import Vocabulary
from integration.engine import pairs
from integration.models import Route

# Choices named beside a word that is owed.
NAMED = 8


def pairs_of(route: Route) -> str:
    """Every word the source's latest things use, the ones owed first."""
    if not pairs.vocabularies(route):
        return "None are needed."
    words = pairs.words(route)
    if not words:
        return "Nothing was read yet that would tell which are needed."
    open_now = {row.vocabulary.key: row.vocabulary for row in words if row.owed}
    choices = {key: _choices(route, each) for key, each in open_now.items()}
    rows = format_html_join(
        "",
        '<tr><td class="pr-6 py-1 align-top">{}</td>'
        '<td class="pr-6 py-1 align-top text-important">{}</td>'
        '<td class="py-1 break-words">{}</td></tr>',
        (
            (
                row.vocabulary.label,
                row.called,
                f"owed, used {row.used} times: {choices[row.vocabulary.key]}"
                if row.owed
                else row.paired_with,
            )
            for row in words
        ),
    )
    return format_html("<table>{}</table>", rows)


def _choices(route: Route, vocabulary: Vocabulary) -> str:
    entries = pairs.choices(route, vocabulary)
    named = [f"{entry.code or entry.external_id} {entry.label}" for entry in entries]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return "; ".join(named[:NAMED]) + more
