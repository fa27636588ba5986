"""Lists as CSV files: streamed row by row, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone, translation

# A spreadsheet takes what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Lines sent at once.
TOGETHER = 200


class _Line:
    """What `csv.writer` writes to: keeps nothing, gives each line back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def streamed(
    rows: Iterable[Sequence[Any]], header: Sequence[Any], name: str
) -> StreamingHttpResponse:
    """A file `name`.csv with a header and these rows, made while it is sent.

    The language and time zone of the request hold until its last line.
    """
    response = StreamingHttpResponse(
        _lines(rows, header, translation.get_language()),
        content_type="text/csv; charset=utf-8",
    )
    safe = re.sub(r"[^\w.-]+", "-", name)
    response["Content-Disposition"] = f'attachment; filename="{safe}.csv"'
    return response


def _lines(
    rows: Iterable[Sequence[Any]], header: Sequence[Any], language: str | None
) -> Iterator[str]:
    zone = timezone.get_current_timezone()
    writer = csv.writer(_Line())
    with translation.override(language), timezone.override(zone):
        # The mark by which spreadsheets know UTF-8.
        held = ["\ufeff", writer.writerow([safe(cell) for cell in header])]
        for row in rows:
            held.append(writer.writerow([safe(cell) for cell in row]))
            if len(held) >= TOGETHER:
                yield "".join(held)
                held = []
        yield "".join(held)


def safe(value: Any) -> str:
    """A cell as text; one that a spreadsheet would run gets a leading quote. What is a
    number and no text stays one."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
