"""The shape every canonical record shares, and the fingerprint that tells change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
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


def refs(value: Any) -> Iterator[Ref]:
    """Every pointer inside a record, depth first."""
    if isinstance(value, Ref):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from refs(getattr(value, item.name))
    elif isinstance(value, list | tuple):
        for element in value:
            yield from refs(element)
