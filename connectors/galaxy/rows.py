"""Reads a row's names: its own, its owner's, the number that orders its states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.galaxy.client import REVISION
from integration.canonical.codec import digest
from integration.contract.messages import Json, Raw
from integration.errors import BadConfig
from integration.http.body import Unreadable, parse

# As many digits as let numbers be compared as text, for ever.
DIGITS = 20
NOBODY = "00000000-0000-0000-0000-000000000000"
# The lists whose rows belong to another's, and where those name their owner: by its id,
# else by what else it is called.
OWNERS: Mapping[str, tuple[str, ...]] = {
    "itemaltercodes": ("ItemID", "ItemCode"),
    "itembalances": ("ItemID", "ItemCode", "Code"),
    "itemimages": ("ItemID", "ItemCode"),
    "itemprices": ("ItemID", "ItemCode"),
    "customersites": ("CustomerID",),
}
# What a row without an id says beside what it is about.
VALUES = frozenset({REVISION, "Balance", "Description"})


def guid(value: Any) -> str:
    """An id as it is compared: both cases are in use. "" for none, and for .NET's."""
    found = value.strip().lower() if isinstance(value, str) else ""
    return "" if found == NOBODY else found


def mark_of(number: int) -> str:
    """A revision number as the engine keeps it."""
    return str(number).zfill(DIGITS)


def number_of(row: Json) -> int | None:
    """A row's revision number; None where it bears none."""
    found = row.get(REVISION)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


class Naming:
    """Names the rows of one read of a list.

    Rows without an id (balances may have none) are named by what they are about.
    Where several are about the same, `unclear` says so: which of them changed nobody
    can tell, so only the whole list will do.
    """

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.unclear = False
        self._seen: Counter[bytes] = Counter()

    def raw(self, body: bytes) -> tuple[Raw, int | None]:
        """The row and its number. BadConfig where it is no row at all."""
        row = _row(body)
        number = number_of(row)
        external_id = guid(row.get("ID"))
        version = mark_of(number) if number else ""
        if not external_id:
            external_id, version = self._named(row, body), ""
        return Raw(external_id, body, owner=self._owner(row), version=version), number

    def _owner(self, row: Json) -> str:
        if self.stream == "items":
            return str(row.get("Code") or "")
        for name in OWNERS.get(self.stream, ()):
            if value := row.get(name):
                return guid(value) if name.endswith("ID") else str(value)
        return ""

    def _named(self, row: Json, body: bytes) -> str:
        if self.stream not in OWNERS:
            return f"row-without-id-{digest(body).hex()}"
        about = digest(repr(sorted(_about(row))).encode())
        self._seen[about] += 1
        times = self._seen[about]
        self.unclear = self.unclear or times > 1
        name = f"{self._owner(row)}/{about.hex()}"
        return name if times == 1 else f"{name}/{times}"


def _about(row: Json) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in row.items()
        if isinstance(value, str) and name not in VALUES
    ]


def _row(body: bytes) -> Json:
    try:
        row = parse(body)
    except Unreadable:
        row = None
    if not isinstance(row, dict):
        raise BadConfig(
            "base_url",
            "Galaxy gave a list of something else than rows.",
            hint="Check the address: it must be that of Galaxy's web API.",
        )
    return row


def decimal(value: Any) -> Decimal:
    """A number of a row; 0 for none."""
    found = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Decimal(value) if found else Decimal(0)
