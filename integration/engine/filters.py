"""What a route lets through: `kind.path` of a row is one of the words given for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.record import Record as Canonical
from integration.contract import paths, registry
from integration.contract.messages import Raw
from integration.engine.detect import Bundle
from integration.errors import BadConfig
from integration.models import Link, Record, Route


def check(route: Route) -> None:
    """BadConfig where a filter could never be read: it would let nothing through, and
    nobody would know why."""
    filters = route.filters
    if not isinstance(filters, dict) or not all(
        _is_filter(name, words) for name, words in filters.items()
    ):
        raise BadConfig(
            "filters",
            "Filters name a kind's field and the words that fit.",
            hint='Such as {"order_status.word": ["processing"]}.',
        )
    together = _together(route)
    for name in filters:
        kind, _, path = name.partition(".")
        if kind not in together:
            known = ", ".join(together)
            raise BadConfig(
                "filters", f"Beside a {route.kind} comes {known}, and no “{kind}”."
            )
        if not _is_path(path, together[kind]):
            known = ", ".join(together[kind])
            raise BadConfig("filters", f"A {kind} has no “{path}”; it has: {known}.")


def _is_filter(name: str, words: object) -> bool:
    kind, dot, path = name.partition(".")
    return bool(dot and path) and kind in list(Kind) and isinstance(words, list)


def _together(route: Route) -> dict[str, list[str]]:
    """The kinds that come in one row with the route's, and the fields of each."""
    connector = registry.connector(route.source.platform)
    return {
        str(fieldmap.target.kind): [each.name for each in fields(fieldmap.target)]
        for stream in connector.streams_of(Kind(route.kind))
        for fieldmap in stream.maps
    }


def _is_path(path: str, known: Sequence[str]) -> bool:
    try:
        paths.steps(path)
    except ValueError:
        return False
    return re.split(r"[.\[]", path)[0] in known


def fits(route: Route, bundle: Bundle) -> bool:
    """Whether a row passes every filter of a route: `kind.path` is one of the words."""
    for name, words in route.filters.items():
        kind, _, path = name.partition(".")
        thing = bundle.of_kind(kind)
        if thing is None or str(_read(thing, path)) not in map(str, words):
            return False
    return True


def _read(thing: Canonical, path: str) -> Any:
    """What is there; None where the path asks a text for its third part or the like."""
    try:
        return paths.read(thing, path)
    except (TypeError, LookupError):
        return None


def fitting(route: Route, record_ids: Sequence[int]) -> list[int]:
    """Those of the records that pass the route's filters, as last seen; all of them
    where it has none. A part comes in one row with its whole."""
    if not route.filters:
        return list(record_ids)
    kinds = {route.kind, *(name.partition(".")[0] for name in route.filters)}
    chosen = Record.everywhere.filter(pk__in=record_ids)
    wholes = dict(chosen.values_list("pk", "parent"))
    things: dict[int | None, list[Canonical]] = defaultdict(list)
    for link in Link.everywhere.filter(
        connection=route.source,
        kind__in=kinds,
        record__in={*wholes, *filter(None, wholes.values())},
        gone_at=None,
    ).exclude(data=None):
        data = bytes(link.data or b"")
        things[link.record_id].append(decode(Kind(link.kind), data))
    return [
        key
        for key in record_ids
        if fits(route, Bundle(Raw("", None), things[key] + things[wholes.get(key)]))
    ]
