"""Crystal's products as they are read, page by page, from the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from connectors.crystal.client import Client
from connectors.crystal.reader import NAMELESS
from integration.errors import (
    BadConfig,
    Transient,
)
from integration.http.body import parse
from integration.http.reply import Reply
from tests.connectors.crystal.connected import (
    Crystal,
    everything,
)


def test_a_full_read_gives_every_product_once(connected: Crystal) -> None:
    connected.control("catalogue", size=250)
    pages = list(connected.reader().read("products", None, None))
    rows = [raw for page in pages for raw in page.items]
    listed = [product["id"] for product in connected.ledger()["products"]]
    assert [raw.external_id for raw in rows] == listed
    assert [parse(raw.body or b"")["id"] for raw in rows] == listed
    assert [len(page.items) for page in pages] == [100, 100, 50, 0]


def test_the_mark_comes_last_and_is_crystal_s_time_at_the_start(
    connected: Crystal,
) -> None:
    connected.control("catalogue", size=150)
    start = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        pages = connected.reader().read("products", None, None)
        first = next(pages)
        clock.shift(30)
        marks = [first.mark, *(page.mark for page in pages)]
    assert marks[:-1] == [None, None]
    assert datetime.fromisoformat(marks[-1] or "") == start


def test_an_interrupted_read_goes_on_where_it_was(connected: Crystal) -> None:
    connected.control("catalogue", size=250)
    whole = [page.items for page in connected.reader().read("products", None, None)]
    first = next(connected.reader().read("products", None, None))
    rest = list(connected.reader().read("products", None, first.resume))
    assert [first.items, *(page.items for page in rest)] == whole
    assert rest[-1].mark == parse((first.resume or "").encode())[2]


def test_an_empty_catalogue_is_one_page_and_moves_the_mark(connected: Crystal) -> None:
    connected.control("catalogue", size=0)
    [page] = connected.reader().read("products", None, None)
    assert (page.items, page.resume) == ((), None)
    assert page.mark


@pytest.mark.parametrize("envelope", ["data", "products", "items", "results"])
def test_a_list_may_stand_in_an_envelope(connected: Crystal, envelope: str) -> None:
    connected.control("catalogue", size=3)
    connected.control("settings", envelope=envelope)
    assert len(everything(connected.reader())) == 3


def test_an_answer_without_a_list_is_tried_again_later(connected: Crystal) -> None:
    connected.fault("products", 200, '{"data": {"rows": []}}')
    with pytest.raises(Transient):
        everything(connected.reader())


def test_a_server_that_knows_no_pages_is_read_once(connected: Crystal) -> None:
    connected.fault("products", 200, '[{"id": "a"}, {"id": "b"}]', times=-1)
    assert [raw.external_id for raw in everything(connected.reader())] == ["a", "b"]
    assert len(connected.calls("/v1/ecom/products")) == 2


def test_only_what_changed_is_given_with_an_overlap(connected: Crystal) -> None:
    connected.control("catalogue", size=5)
    listed = [product["id"] for product in connected.ledger()["products"]]
    times = ("2026-11-19T11:54:59Z", "2026-11-19T11:55:00", "2026-11-19T13:56:00+02:00")
    for product_id, time in zip(listed, times, strict=False):
        connected.control("product", id=product_id, last_updated=time)
    found = everything(connected.reader(), "2026-11-19T12:00:00Z")
    assert [raw.external_id for raw in found] == listed[1:3]
    assert (
        "updated_since=2026-11-19T11%3A55%3A00Z"
        in (connected.calls("/v1/ecom/products")[0]["query"])
    )


def test_what_changed_is_told_even_where_crystal_ignores_the_parameter(
    connected: Crystal,
) -> None:
    connected.control("catalogue", size=5)
    fresh = connected.control("product", name="New")["id"]
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    reader = connected.reader(changed_since="since_when")
    assert [raw.external_id for raw in everything(reader, since)] == [fresh]


def test_versions_sort_whatever_way_a_time_is_written(connected: Crystal) -> None:
    times = [
        "2026-11-19T12:00:00.5Z",
        "2026-11-19T12:00:00Z",
        "2026-11-19T14:00:01+02:00",
    ]
    rows = ", ".join(f'{{"id": "{t}", "last_updated": "{t}"}}' for t in times)
    connected.fault("products", 200, f"[{rows}]", times=-1)
    found = sorted(everything(connected.reader()), key=lambda raw: raw.version)
    assert [raw.external_id for raw in found] == [times[1], times[0], times[2]]


def test_a_row_without_an_id_is_not_lost(connected: Crystal) -> None:
    rows = '[{"id": null, "name": "A"}, "fish", {"id": true}, {"id": 7}]'
    connected.fault("products", 200, rows, times=-1)
    first = [raw.external_id for raw in everything(connected.reader())]
    again = [raw.external_id for raw in everything(connected.reader())]
    assert first == again
    assert [name.startswith(NAMELESS) for name in first] == [True, True, True, False]
    assert len(set(first)) == 4


@pytest.mark.parametrize("single", [True, False])
def test_fetching_gives_what_was_asked_and_leaves_out_what_is_gone(
    connected: Crystal, single: bool
) -> None:
    connected.control("settings", single=single)
    connected.control("catalogue", size=150)
    listed = [product["id"] for product in connected.ledger()["products"]]
    connected.control("hide", id=listed[3])
    reader = connected.reader(single_product=single)
    wanted = [listed[120], listed[3], listed[0], listed[0]]
    found = [raw.external_id for raw in reader.fetch("products", wanted)]
    assert sorted(found) == sorted([listed[120], listed[0]])


def test_fetching_one_product_takes_one_call_where_crystal_can(
    connected: Crystal,
) -> None:
    connected.control("settings", single=True)
    product_id = connected.ledger()["products"][500]["id"]
    [raw] = connected.reader(single_product=True).fetch("products", [product_id])
    assert parse(raw.body or b"")["id"] == product_id
    assert connected.calls("/v1/ecom/products") == []


def test_a_single_address_that_does_not_exist_makes_nothing_gone(
    connected: Crystal,
) -> None:
    connected.control("catalogue", size=5)
    product_id = connected.ledger()["products"][2]["id"]
    reader = connected.reader(single_product=True)
    assert [raw.external_id for raw in reader.fetch("products", [product_id])] == [
        product_id
    ]


def test_a_single_answer_about_something_else_blames_the_setting(
    connected: Crystal,
) -> None:
    connected.fault("products/", 200, '{"product": {"id": "a"}}')
    with pytest.raises(BadConfig) as caught:
        list(connected.reader(single_product=True).fetch("products", ["a"]))
    assert caught.value.field == "single_product"


def test_ids_since_a_time_are_those_that_changed(connected: Crystal) -> None:
    connected.control("catalogue", size=5)
    fresh = connected.control("product", name="New")["id"]
    since = datetime.now(UTC) - timedelta(hours=1)
    assert list(connected.reader().ids("products", since)) == [fresh]


def test_our_own_clock_serves_where_crystal_tells_no_time() -> None:
    class Silent:
        """A door behind which no answer bears a date."""

        def get(self, path: str, params: Any) -> Reply:
            return Reply(200, {"Date": "today"}, b"[]")

    before = datetime.now(UTC)
    listing = Client({}, Silent()).products(1)  # type: ignore[arg-type]
    assert before <= listing.asked_at <= datetime.now(UTC)
