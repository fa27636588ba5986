"""Keeps the rows of one list and numbers their changes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from connectors.galaxy.sandbox.answers import Row


class Kept(NamedTuple):
    """A row as it is held: whose it is ("" for all companies) and whether it shows."""

    fields: Row
    company: str = ""
    active: bool = True


class Table:
    """Rows by their ID in lower case. Each change gets a number above all others.

    A row is replaced when it changes and never altered, so that a list being written
    stays as it was asked for. `told` hears the table's name after each change.
    """

    def __init__(self, name: str, first: int, told: Callable[[str], None]) -> None:
        self.name = name
        self.last = first
        self._told = told
        self._rows: dict[str, Kept] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, fields: Mapping[str, Any], company: str = "") -> Row:
        """Put a row in, or another in its place when the ID is there."""
        row = {**fields, "RevisionNumber": self._next()}
        self._rows[row["ID"]] = Kept(row, company)
        self._told(self.name)
        return row

    def change(self, key: str, changes: Mapping[str, Any]) -> Row:
        """Change fields of a row; a given `RevisionNumber` stays as it is given.

        Raises `KeyError` for an unknown row and `ValueError` for its ID or a field it
        does not have.
        """
        before = self._rows[key]
        wrong = changes.keys() - (before.fields.keys() - {"ID"})
        if wrong:
            raise ValueError(f"{self.name} do not change {', '.join(sorted(wrong))}")
        row = {**before.fields, "RevisionNumber": self._next(), **changes}
        self._rows[key] = before._replace(fields=row)
        self._told(self.name)
        return row

    def show(self, key: str, active: bool) -> None:
        """List a row again, with a new number, or list it no more, without one."""
        before = self._rows[key]
        self._rows[key] = before._replace(active=active)
        if active:
            self.change(key, {})

    def row(self, key: str) -> Row:
        """Give a row, listed or not; raises `KeyError`."""
        return self._rows[key].fields

    def find(self, key: str) -> Row | None:
        """Give a listed row, or None."""
        kept = self._rows.get(key)
        return kept.fields if kept and kept.active else None

    def company(self, key: str) -> str:
        """Tell whose row it is."""
        return self._rows[key].company

    def listed(self, company: str | None = None) -> list[Row]:
        """List the active rows: all, or those a company may see."""
        return [
            kept.fields
            for kept in self._rows.values()
            if kept.active and (company is None or kept.company in ("", company))
        ]

    def kept(self) -> Iterator[Row]:
        """Give every row with its mark of activity, for counting from outside."""
        for kept in self._rows.values():
            yield {**kept.fields, "active": kept.active, "company": kept.company}

    def _next(self) -> int:
        self.last += 1
        return self.last
