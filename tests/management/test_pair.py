"""`manage.py pair`: what is owed, what may be chosen, and what goes when it is set."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integration.models import Run
from integration.sandbox.server import SandboxServer
from tests.bookkeeping import Books
from tests.road import Road, clock, road

__all__ = ["clock", "road"]


@pytest.fixture
def books(road: Road, sandbox: SandboxServer) -> Books:
    """An order that waits for its pairs."""
    found = Books(road, sandbox)
    found.stock("CUP-1")
    found.open("order", paired=False)
    found.buy("CUP-1")
    return found


def pair(*given: str) -> str:
    out = StringIO()
    ends = ("order", "woocommerce", "xero", "--tenant", "books")
    call_command("pair", *ends, *given, stdout=out)
    return out.getvalue()


def test_what_is_owed_is_listed_first(books: Books) -> None:
    told = pair().splitlines()
    assert [line.partition(" ")[0] for line in told] == ["account.goods", "tax.untaxed"]
    assert all(line.endswith("owed: choose one") for line in told)


def test_setting_pairs_sends_what_waited(books: Books) -> None:
    assert "1 that waited" in pair(
        "--set", "tax.untaxed=NONE", "--set", "account.goods=200"
    )
    books.road.settle()
    books.road.later(minutes=1)
    assert len(books.invoices()) == 1
    assert "owed" not in pair()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("tax.untaxed=NO-SUCH", "no 'NO-SUCH' among"),
        ("colour.red=1", "no vocabulary 'colour'"),
        ("tax", "vocabulary.word=code"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_out(
    books: Books, given: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        pair("--set", given)


def test_what_may_be_chosen_is_listed_and_read_anew(books: Books) -> None:
    assert "200: Sales" in pair("--choices", "account")
    pair("--read-lists")
    read = Run.objects.for_tenant(books.tenant).filter(cause="manual")
    assert {run.stream for run in read} >= {"accounts", "tax_rates"}
