"""Words and tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integration.errors import SyncFailure


def said(failure: SyncFailure) -> str:
    """A failure in one line: what happened, and what to do."""
    field = getattr(failure, "field", "")
    return f"{field}: {failure.message} {failure.hint}".strip(" :")


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines, their cells one below the other."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
