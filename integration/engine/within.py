"""Parts shown alone: a variant's data travels in its product, and some platforms know
flat items only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from integration.canonical.catalog import Product, Variant
from integration.canonical.codec import decode, encode
from integration.canonical.kinds import PARTS, Kind
from integration.canonical.record import Record as Canonical
from integration.models import Connection, Link, Record


def shown_in_wholes(
    links: Mapping[int, Link], source: Connection
) -> Mapping[int, Link]:
    """The same links; those of parts carry what their whole says of them.

    One statement for the wholes of all of them.
    """
    bare = {
        pk: link for pk, link in links.items() if link.kind in PARTS and not link.data
    }
    if not bare:
        return links
    wholes = dict(Record.everywhere.filter(pk__in=bare).values_list("pk", "parent"))
    kinds = {PARTS[Kind(link.kind)] for link in bare.values()}
    stored = Link.everywhere.filter(
        connection=source, kind__in=kinds, record__in=set(wholes.values())
    ).exclude(data=None)
    shown = {
        link.record_id: decode(Kind(link.kind), bytes(link.data or b""))
        for link in stored
    }
    for pk, link in bare.items():
        part = _part(shown.get(wholes[pk] or 0), link.external_id)
        if part is not None:
            link.data = encode(part)
    return links


def _part(whole: Canonical | None, external_id: str) -> Canonical | None:
    for part in whole.parts() if whole is not None else ():
        if part.external_id == external_id:
            return _alone(part, whole)
    return None


def _alone(part: Canonical, whole: Canonical | None) -> Canonical:
    """A variant as it is called where nothing stands above it."""
    if not isinstance(part, Variant) or not isinstance(whole, Product):
        return part
    options = ", ".join(value for _, value in part.options)
    title = part.title or whole.title
    if options and options not in title:
        title = f"{title} - {options}"
    return replace(part, title=title)
