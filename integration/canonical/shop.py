"""What an account tells of itself: facts, and the closed vocabularies it speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.canonical.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Record):
    """One fact of an account. `external_id` is its key; kept on the connection."""

    kind: ClassVar[Kind] = Kind.SETTING

    value: str

    @property
    def label(self) -> str:
        return f"{self.external_id} = {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """One word of a vocabulary: a country, a tax rate, an account.

    Kept in the connection's lookup `table`. `data` is what else a choice may depend
    on, such as whether an account still takes bookings; `parent` another entry's id.
    """

    kind: ClassVar[Kind] = Kind.LOOKUP

    table: str
    code: str = ""
    name: str = ""
    parent: str = ""
    active: bool = True
    data: Mapping[str, Value] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.name or self.code or self.external_id
