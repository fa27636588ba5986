"""Gathers short pages, so that what every transaction costs is paid once for several.

What was gathered is stored before a failure of the next page is told: no page that was
paid for is read again but after a kill.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection

from integration.contract.messages import Page

# Rows stored in one transaction where a platform's pages are shorter.
ROWS = 600
# Seconds after which a slow platform's pages are stored however few they are.
PATIENCE = 2.0


def gathered(pages: Iterator[Page]) -> Iterator[Page]:
    """The same rows in fewer pages; each goes on where the last it holds does.

    On SQLite every page stays alone: all writers wait for one another there, and a
    webhook must not wait for five pages.
    """
    if connection.vendor == "sqlite":
        yield from pages
        return
    held: list[Page] = []
    begun = time.monotonic()
    try:
        for page in pages:
            held.append(page)
            if _enough(held) or time.monotonic() - begun > PATIENCE:
                yield _joined(held)
                held, begun = [], time.monotonic()
    except Exception:
        if held:
            yield _joined(held)
        raise
    if held:
        # Its last page did not say that it was the last.
        yield _joined(held)


def _enough(held: list[Page]) -> bool:
    last = held[-1]
    full = sum(len(page.items) for page in held) >= ROWS
    return full or last.resume is None or last.wait is not None


def _joined(held: list[Page]) -> Page:
    if len(held) == 1:
        return held[0]
    marks = [page.mark for page in held if page.mark]
    return held[-1]._replace(
        items=[item for page in held for item in page.items],
        mark=marks[-1] if marks else None,
    )
