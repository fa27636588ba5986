"""One item: what each platform calls it, says of it, and how it stands with Weft.

A fixed number of statements, however many variants and platforms there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q

from integration.canonical.catalog import Product
from integration.canonical.kinds import PARTS, Kind, owner_kind
from integration.canonical.record import Record as Canonical
from integration.contract import registry
from integration.errors import SyncFailure
from integration.insight import items, values
from integration.insight.comparing import Line, Said, lines
from integration.insight.conditions import About
from integration.insight.items import Row
from integration.insight.state import routes_of
from integration.models import (
    Connection,
    Delivery,
    Link,
    Policy,
    Record,
    Route,
    Sighting,
    Tenant,
)
from integration.models.delivery import OPEN_DELIVERIES
from synclog.models import ErrorState, SyncError

# Variants shown on the page of a product, and open rows told of.
PARTS_MOST = 100
OPEN_MOST = 50


@dataclass(slots=True)
class Column:
    """One platform: what it calls the item there and when Weft last looked and wrote.

    `linked_only`: every route into it only links. `may_unlink`: others know it too.
    """

    connection: Connection
    link: Link
    url: str = ""
    seen_at: datetime | None = None
    written_at: datetime | None = None
    linked_only: bool = False
    may_unlink: bool = False


@dataclass(slots=True)
class Item:
    """All that the page of an item, its sentence and its history are made of."""

    tenant: Tenant
    record: Record
    row: Row
    routes: Sequence[Route]
    columns: list[Column] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    parts: list[Row] = field(default_factory=list)
    more_parts: bool = False
    links: list[Link] = field(default_factory=list)
    owed: list[Delivery] = field(default_factory=list)
    errors: list[SyncError] = field(default_factory=list)
    lacking: list[Route] = field(default_factory=list)

    @property
    def about(self) -> list[int]:
        """The records its page is about: itself and what it consists of."""
        return [self.record.pk, *(part.record.pk for part in self.parts)]


def load(tenant: Tenant, record: Record) -> Item:
    """Everything about a record (with its `parent`)."""
    routes = routes_of(tenant)
    about = About(tenant, record.kind, routes)
    item = Item(tenant, record, items.rows(about, [record])[0], routes)
    parts = _parts(tenant, record)
    item.more_parts = len(parts) > PARTS_MOST
    only = parts[0] if len(parts) == 1 else None
    of_variants = about._replace(kind=Kind.VARIANT)
    item.parts = items.rows(of_variants, parts[:PARTS_MOST])
    item.links = _links(tenant, [record.pk, *([only.pk] if only else [])], record)
    own = [link for link in item.links if link.record_id != record.parent_id]
    item.columns = _columns(item, [link for link in own if link.kind == record.kind])
    said = _said(item.links)
    item.lines = lines(said, [c.connection.pk for c in item.columns], routes)
    item.owed = _owed(item)
    item.errors = _errors(item)
    item.lacking = _lacking(about, item)
    return item


def _parts(tenant: Tenant, record: Record) -> Sequence[Record]:
    if record.kind not in PARTS.values():
        return ()
    found = Record.objects.for_tenant(tenant).filter(parent=record, merged_into=None)
    return list(found.select_related("parent").order_by("pk")[: PARTS_MOST + 1])


def _links(tenant: Tenant, keys: Sequence[int], record: Record) -> list[Link]:
    """What platforms call it, its only variant, and what it is part of."""
    of_whole = Q(record=record.parent_id) if record.kind in PARTS else Q(pk__in=())
    stored = Link.objects.for_tenant(tenant).filter(Q(record__in=keys) | of_whole)
    return list(stored.select_related("connection").order_by("pk"))


def _columns(item: Item, links: Sequence[Link]) -> list[Column]:
    sources = {route.source_id for route in item.routes if route.enabled}
    seen = _seen(item)
    columns = []
    for link in sorted(links, key=lambda x: (x.connection_id not in sources, x.pk)):
        here = [each for each in item.links if each.connection_id == link.connection_id]
        written = [each.sent_at for each in here if each.sent_at]
        columns.append(
            Column(
                connection=link.connection,
                link=link,
                url=page_of(link),
                seen_at=seen.get(link.connection_id),
                written_at=max(written, default=None),
                linked_only=_linked_only(item, link),
                may_unlink=len(links) > 1,
            )
        )
    return columns


def page_of(link: Link) -> str:
    """Where people see it on its platform; "" where that is not known."""
    connector = registry.connectors().get(link.connection.platform)
    if connector is None:
        return ""
    try:
        found = connector.page_of(link.connection.settings, link.kind, link.external_id)
    except (SyncFailure, KeyError, ValueError):
        return ""
    parts = urlsplit(found or "")
    return found or "" if parts.scheme == "https" and not parts.username else ""


def _linked_only(item: Item, link: Link) -> bool:
    inward = [
        route
        for route in item.routes
        if route.enabled
        and route.target_id == link.connection_id
        and route.writes == link.kind
    ]
    return bool(inward) and all(each.policy == Policy.LINK_ONLY for each in inward)


def _seen(item: Item) -> dict[int, datetime]:
    """When each connection last showed it, or what it is part of; one statement."""
    names: dict[tuple[int, str], set[str]] = defaultdict(set)
    for link in item.links:
        streams = items.streams(link.connection.platform, link.kind)
        names[(link.connection_id, link.external_id)] |= set(streams)
    rows = Sighting.objects.for_tenant(item.tenant).filter(
        connection__in={connection for connection, _ in names},
        external_id__in={external_id for _, external_id in names},
        stream__in={stream for each in names.values() for stream in each},
    )
    found: dict[int, datetime] = {}
    for connection, stream, external_id, seen_at in rows.values_list(
        "connection", "stream", "external_id", "seen_at"
    ):
        if stream in names.get((connection, external_id), ()):
            found[connection] = max(found.get(connection, seen_at), seen_at)
    return found


def _said(links: Sequence[Link]) -> Mapping[int, Said]:
    """What each connection shows; a variant's own words stand in its product."""
    found: dict[int, dict[str, Canonical]] = defaultdict(dict)
    for link in links:
        thing = values.read(link)
        if thing is not None:
            found[link.connection_id][link.kind] = thing
    for link in links:
        said = found[link.connection_id]
        whole = said.get(Kind.PRODUCT)
        if link.kind == Kind.VARIANT and isinstance(whole, Product):
            for variant in whole.variants:
                if variant.external_id == link.external_id:
                    said.setdefault(Kind.VARIANT, variant)
    return found


def _owed(item: Item) -> list[Delivery]:
    """The open writes, the newest first."""
    stored = Delivery.objects.for_tenant(item.tenant).filter(
        record__in=item.about, state__in=OPEN_DELIVERIES
    )
    joined = stored.select_related("route__source", "route__target", "waits_for")
    return list(joined.defer("frozen", "payload").order_by("-pk")[:OPEN_MOST])


def _errors(item: Item) -> list[SyncError]:
    """The open problems: of its writing, and of its reading by any of its names."""
    named: Any = Q(record__in=item.about)
    for link in item.links:
        named |= Q(
            connection=link.connection_id,
            kind=link.kind,
            external_id=link.external_id,
        )
    stored = SyncError.objects.for_tenant(item.tenant).filter(
        named, state=ErrorState.OPEN
    )
    return list(stored.select_related("connection").order_by("-last_at")[:OPEN_MOST])


def _lacking(about: About, item: Item) -> list[Route]:
    """The routes whose source shows it and whose target does not know it."""
    own = [link for link in item.links if link.record_id == item.record.pk]
    places = {(link.connection_id, link.kind) for link in own}
    found = []
    for route in about.bringing:
        written = Kind(route.writes)
        there = {
            (route.target_id, str(kind)) for kind in (written, owner_kind(written))
        }
        if (route.source_id, route.kind) in places and not places & there:
            found.append(route)
    return found
