"""Short pages are stored together; nothing that was read is lost by a later failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from integration.contract.messages import Page, Raw
from integration.engine.gather import ROWS, gathered
from integration.errors import Transient

ALONE = connection.vendor == "sqlite"


def pages(count: int, size: int = 100, **last: object) -> Iterator[Page]:
    for number in range(count):
        rows = [Raw(f"{number}-{row}", b"{}") for row in range(size)]
        more = number < count - 1
        page = Page(rows, str(number + 1) if more else None, mark=f"m{number}")
        yield page if more else page._replace(**last)


def ids(found: list[Page]) -> list[str]:
    return [raw.external_id for page in found for raw in page.items]


def test_every_row_comes_once_and_in_order() -> None:
    found = list(gathered(pages(13)))
    assert ids(found) == ids(list(pages(13)))
    assert found[-1].resume is None
    assert found[-1].mark == "m12"


def test_a_gathered_page_goes_on_where_its_last_one_does() -> None:
    first = next(gathered(pages(13)))
    held = 1 if ALONE else ROWS // 100
    assert len(first.items) == held * 100
    assert first.resume == str(held)
    assert first.mark == f"m{held - 1}"


def keep(given: Iterator[Page], found: list[Page]) -> None:
    for page in given:
        found.append(page)


@pytest.mark.parametrize("failure", [Transient("The shop is away."), KeyError("id")])
def test_what_was_read_is_given_before_a_failure_is_told(failure: Exception) -> None:
    def broken() -> Iterator[Page]:
        yield from pages(3, resume="3")
        raise failure

    found: list[Page] = []
    with pytest.raises(type(failure)):
        keep(gathered(broken()), found)
    assert len(ids(found)) == 300
    assert found[-1].resume == "3"


def test_a_page_that_asks_to_wait_ends_the_gathering() -> None:
    later = timedelta(seconds=30)
    found = list(gathered(pages(2, resume="2", wait=later)))
    assert found[-1].wait == later
    assert found[-1].resume == "2"


def test_a_list_that_ends_without_saying_so_loses_nothing() -> None:
    found = list(gathered(pages(3, resume="3")))
    assert ids(found) == ids(list(pages(3)))
    assert found[-1].resume == "3"


def test_an_empty_list_is_one_empty_page() -> None:
    assert list(gathered(iter([Page([], None)]))) == [Page([], None)]


def test_a_list_without_marks_has_none() -> None:
    found = list(gathered(page._replace(mark=None) for page in pages(3)))
    assert {page.mark for page in found} == {None}
