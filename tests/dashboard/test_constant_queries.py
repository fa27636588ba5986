"""However much a merchant has, a page asks the database the same number of questions.

Every page of the dashboard, from the resolver, and every list of the API, for a
merchant with some of everything and for one with ten times as much. The same at a
hundred thousand records is a matter of minutes: `make chaos` does it on PostgreSQL,
and `make bench ONLY=pages` tells what each page takes.
"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.bench.asking import ask, everything
from tests.bench.store import FEW, LARGE, MORE, Store, fill

Counts = dict[str, int]


def counts(store: Store) -> Counts:
    """Statements of every page that may be looked at; files are sent in pieces, so
    theirs follow what they hold."""
    found = {}
    for name, client, at in everything(store):
        answer = ask(client, at)
        assert answer.status in (200, 302, 404, 405), (name, answer.status)
        if answer.status != 405 and not answer.streamed:
            found[name] = len(answer.statements)
    return found


def differing(few: Counts, many: Counts) -> dict[str, tuple[int, int]]:
    """Pages with another number of statements, and both numbers."""
    assert few.keys() == many.keys()
    return {
        name: (count, many[name]) for name, count in few.items() if many[name] != count
    }


@pytest.fixture
def few(db: None) -> Counts:
    """What a merchant with little costs; what is kept between requests is there."""
    store = fill("few", FEW)
    counts(store)
    return counts(store)


def test_ten_times_as_much_takes_no_more_statements(few: Counts) -> None:
    assert len(few) > 100
    assert sum(count > 3 for count in few.values()) > 80
    assert differing(few, counts(fill("more", MORE))) == {}


@pytest.mark.chaos
@pytest.mark.postgres
def test_a_hundred_thousand_records_take_no_more_statements(few: Counts) -> None:
    store = fill("large", LARGE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert differing(few, counts(store)) == {}
