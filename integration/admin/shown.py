"""How values are shown to staff: escaped, masked, short enough to read.

What platforms send is hostile: nothing here marks their text as safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from unfold.decorators import display

from integration.insight.payload import MOST, whole_body, whole_value

NOTHING = "–"
LINK = "text-primary-600 dark:text-primary-500"
PRE = (
    "bg-base-50 border border-base-200 dark:bg-white/[.04] dark:border-base-700 "
    "font-mono max-w-4xl overflow-auto p-3 rounded-default text-xs whitespace-pre-wrap"
)

Shown = Callable[[Any, Any], Any]


def age(then: datetime | None) -> str:
    """How long ago, or how soon: "3 s", "12 min", "5 h", "in 3 days"."""
    if then is None:
        return NOTHING
    seconds = int((timezone.now() - then).total_seconds())
    words = _duration(abs(seconds))
    return words if seconds >= 0 else f"in {words}"


def _duration(seconds: int) -> str:
    for size, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"


def moment(field: str, name: str = "") -> Shown:
    """A column for a time: short, sortable, in UTC."""

    @display(description=name or _words(field), ordering=field)
    def column(admin: Any, row: Any) -> str:
        value = getattr(row, field)
        return f"{value:%Y-%m-%d %H:%M:%S}" if value else NOTHING

    return column


def aged(field: str, name: str) -> Shown:
    """A column for how long ago a time was; sorted by that time."""

    @display(description=name, ordering=field)
    def column(admin: Any, row: Any) -> str:
        return age(getattr(row, field))

    return column


def short(field: str, name: str = "", length: int = 60) -> Shown:
    """A column for a long text: its beginning."""

    @display(description=name or _words(field), ordering=field)
    def column(admin: Any, row: Any) -> str:
        return Truncator(str(getattr(row, field))).chars(length) or NOTHING

    return column


def label(field: str, colours: Mapping[Any, str], name: str = "") -> Shown:
    """A column for a state, in words; `colours` by choice, none for the others."""
    by_word = {str(choice.label): colour for choice, colour in colours.items()}

    @display(description=name or _words(field), ordering=field, label=by_word)
    def column(admin: Any, row: Any) -> str:
        return str(getattr(row, f"get_{field}_display")())

    return column


def linked(field: str, name: str = "") -> Shown:
    """A column for the row a foreign key points at, as a link to its page."""

    @display(description=name or _words(field), ordering=field)
    def column(admin: Any, row: Any) -> str:
        return link_to(getattr(row, field))

    return column


def link_to(row: models.Model | None, text: str = "") -> str:
    """A link to a row's page in the admin."""
    if row is None:
        return NOTHING
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    words = Truncator(text or str(row)).chars(60)
    return format_html('<a class="{}" href="{}">{}</a>', LINK, url, words)


def as_json(field: str, name: str = "") -> Shown:
    """A field of a page: JSON, laid out, with secrets masked."""

    @display(description=name or _words(field))
    def shown(admin: Any, row: Any) -> str:
        value = getattr(row, field)
        return block(whole_value(value)) if value else NOTHING

    return shown


def as_body(
    field: str, name: str = "", opened: Callable[[bytes], bytes] = bytes
) -> Shown:
    """A field of a page: stored bytes, as JSON where they are, with secrets masked."""

    @display(description=name or _words(field))
    def shown(admin: Any, row: Any) -> str:
        stored = getattr(row, field)
        return block(whole_body(opened(bytes(stored)))) if stored else NOTHING

    return shown


def block(text: str) -> str:
    """Text as it is, in a frame, cut where it gets too long."""
    rest = len(text) - MOST
    cut = f"{text[:MOST]}\n… {rest} more characters" if rest > 0 else text
    return format_html('<pre class="{}" dir="ltr">{}</pre>', PRE, cut)


def _words(field: str) -> str:
    return field.removesuffix("_at").replace("_", " ")
