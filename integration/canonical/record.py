"""The shape every canonical record shares, and the fingerprint that tells change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.values import Ref, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One real-world thing in the common language, as one platform sees it.

    `external_id` is that platform's id; `attributes` are the merchant's own fields.
    """

    kind: ClassVar[Kind]

    external_id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What a merchant calls this thing."""
        return self.external_id

    def keys(self) -> Mapping[str, str]:
        """Natural keys by which the same thing may be found on another platform."""
        return {}

    def owner(self) -> Ref | None:
        """For a facet: the record it belongs to. Else None."""
        return None

    def parts(self) -> tuple[Record, ...]:
        """Records that travel inside this one and have an identity of their own."""
        return ()


# Most of what a record holds: nothing is looked for inside these.
_LEAVES = frozenset({str, int, bool, Decimal, datetime, NoneType})


def refs(value: Any) -> Iterator[Ref]:
    """Every pointer inside a record, depth first."""
    if isinstance(value, Ref):
        yield value
        return
    inside = value if isinstance(value, list | tuple) else _fields(value)
    for item in inside:
        if type(item) not in _LEAVES:
            yield from refs(item)


def _fields(value: Any) -> Iterator[Any]:
    return (getattr(value, name) for name in _names(type(value)))


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(cls)) if is_dataclass(cls) else ()
