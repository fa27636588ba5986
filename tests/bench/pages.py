"""Every page of a large store on PostgreSQL: milliseconds and SQL statements."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import NamedTuple

from tests.bench import print_out
from tests.bench.measure import run
from tests.bench.servers import Postgres

# A page that takes longer is explained in docs/performance.md.
SLOW = 300
# What is told apart from pages: only the time until its beginning counts.
FILE = "file, until it begins"


class Page(NamedTuple):
    """One page: median milliseconds, those of processors, statements, and whether a
    small store takes as many."""

    name: str
    file: bool
    milliseconds: float
    cpu: float
    statements: int
    few: int


def asked(server: str) -> list[Page]:
    """All pages, the slowest first."""
    database = Postgres("pages", server)
    database.make(weft=True)
    try:
        module = "tests.bench.contestants.showing"
        printed, _, _ = run([sys.executable, "-m", module, database.url])
    finally:
        database.drop()
    lines = (line for line in printed.splitlines() if line.startswith("{"))
    pages = [Page(**json.loads(line)) for line in lines]
    return sorted(pages, key=lambda page: -page.milliseconds)


def tell(pages: Sequence[Page]) -> None:
    """A line for each, then whether any takes more statements than in a small store."""
    print("{:40} {:>8} {:>8} {:>5}".format("", "ms", "CPU ms", "SQL"))
    for page in pages:
        note = f"over {SLOW} ms" if page.milliseconds > SLOW else ""
        note = "; ".join(filter(None, (note, FILE if page.file else "")))
        figures = f"{page.milliseconds:8.1f} {page.cpu:8.1f} {page.statements:5}"
        print(f"{page.name:40} {figures}  {note}".rstrip())
    # A file begins as soon as there is enough of it to send.
    whole = [page for page in pages if not page.file]
    more = [page.name for page in whole if page.statements != page.few]
    said = "as many statements as in a small store, page by page"
    figure = f"{len(whole) - len(more)} of {len(whole)}"
    print_out.verdict(said, figure, not more, ", ".join(more))
