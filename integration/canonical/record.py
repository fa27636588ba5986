"""The shape every canonical record shares, and the fingerprint that tells change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, get_args, get_type_hints

from integration.canonical.kinds import Kind
from integration.canonical.values import Ref, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One real-world thing in the common language, as one platform sees it.

    `external_id` is that platform's id; `attributes` are the merchant's own fields.
    """

    kind: ClassVar[Kind]
    # The names of the keys that `keys` may give.
    natural_keys: ClassVar[tuple[str, ...]] = ()

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

    def belongs_to(self) -> Ref | None:
        """For what has a record of its own and is part of another's story: a payment
        belongs to its order. Else None."""
        return None

    def made_at(self) -> datetime | None:
        """For a sale and its papers: when it was made. Else None."""
        return None

    def parts(self) -> tuple[Record, ...]:
        """Records that travel inside this one and have an identity of their own."""
        return ()


def refs(value: Any) -> Iterator[Ref]:
    """Every pointer inside a record, depth first."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, list | tuple):
        for element in value:
            yield from refs(element)
    else:
        for name in _pointing(type(value)):  # type: ignore[arg-type]
            yield from refs(getattr(value, name))


def classes_in(hint: Any) -> list[type]:
    """The dataclasses a field of this type may hold: alone, in a tuple, or none."""
    found = (hint, *get_args(hint))
    return [each for each in found if isinstance(each, type) and is_dataclass(each)]


@cache
def _pointing(cls: type) -> tuple[str, ...]:
    """The fields of a class in which a pointer may stand, however deep."""
    if not is_dataclass(cls):
        return ()
    return tuple(
        name
        for name, hint in get_type_hints(cls).items()
        if any(each is Ref or _pointing(each) for each in classes_in(hint))
    )
