"""Facts of a platform account: base currency, tax mode, decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Record):
    """One fact of an account. `external_id` is its key; kept on the connection."""

    kind: ClassVar[Kind] = Kind.SETTING

    value: str

    @property
    def label(self) -> str:
        return f"{self.external_id} = {self.value}"
