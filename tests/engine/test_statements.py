"""What a page and a batch cost the database: the same few statements for any size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.contract import registry
from integration.contract.messages import Raw
from integration.engine import maps
from integration.engine.intake import Intake
from integration.engine.store import store
from integration.models import Connection, Route, Sighting
from integration.sandbox.platform import json_response
from tests.road import Merchant, Road, Row

WRITES = ("INSERT", "UPDATE", "DELETE")
# Further pieces that the statements of a page of a hundred rows may be cut into.
PIECES = 16


class Statements(list[str]):
    """Statements as run.

    Long INSERTs and UPDATEs are cut in pieces, for databases take only so many values
    at once: in `shapes` such a statement is named once.
    """

    @property
    def shapes(self) -> list[str]:
        """Verb and table of each, in order, without savepoints."""
        found: list[str] = []
        for sql in self:
            shape = _shape(sql)
            in_pieces = shape.startswith(("INSERT", "UPDATE"))
            if shape and not (in_pieces and found[-1:] == [shape]):
                found.append(shape)
        return found

    @property
    def writing(self) -> list[str]:
        return [shape for shape in self.shapes if shape.startswith(WRITES)]


def _shape(sql: str) -> str:
    if re.match(r"(RELEASE )?SAVEPOINT|BEGIN|COMMIT", sql):
        return ""
    # One prepared statement, given many rows.
    sql = re.sub(r"^\d+ times: ", "", sql)
    verb = sql.split(None, 1)[0]
    table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', sql)
    return f"{verb} {table[1] if table else sql[:40]}"


@contextmanager
def counted() -> Iterator[Statements]:
    found = Statements()
    with CaptureQueriesContext(database) as captured:
        yield found
    found.extend(query["sql"] for query in captured.captured_queries)


def rows(goods: list[Row], **changes: object) -> list[Raw]:
    """Rows of the list as the back office would send them."""
    return [
        Raw(row["id"], json_response({**row, **changes}).get_data(), version="")
        for row in goods
    ]


def intake(crystal: Connection, **terms: object) -> Intake:
    stream = registry.connector("crystal").stream("products")
    routes = Route.everywhere.filter(source=crystal).select_related("target", "source")
    given: dict[str, object] = {"fresh_for": timedelta(hours=1), **terms}
    return Intake(
        connection=crystal,
        stream=stream,
        reading=maps.reading(crystal, stream),
        routes=list(routes),
        run=None,
        cause="test",
        priority=40,
        now=timezone.now(),
        **given,
    )


def taken_in(crystal: Connection, page: list[Raw], **terms: object) -> Statements:
    page_intake = intake(crystal, **terms)
    with counted() as statements:
        store(page_intake, page)
    return statements


Case = Callable[[Merchant, list[Row]], Statements]


def new_rows(merchant: Merchant, goods: list[Row]) -> Statements:
    return taken_in(merchant.crystal, rows(goods))


def changed_rows(merchant: Merchant, goods: list[Row]) -> Statements:
    taken_in(merchant.crystal, rows(goods))
    return taken_in(merchant.crystal, rows(goods, price=77))


def broken_rows(merchant: Merchant, goods: list[Row]) -> Statements:
    return taken_in(merchant.crystal, rows(goods, price=None))


def unchanged_rows(merchant: Merchant, goods: list[Row]) -> Statements:
    taken_in(merchant.crystal, rows(goods))
    return taken_in(merchant.crystal, rows(goods))


@pytest.mark.parametrize("case", [new_rows, changed_rows, broken_rows, unchanged_rows])
def test_a_page_of_a_hundred_costs_what_a_page_of_ten_does(
    road: Road, case: Case
) -> None:
    road.stock(100)
    goods = road.goods()
    few = case(road.merchant("few"), goods[:10])
    many = case(road.merchant("many"), goods)
    assert few.shapes
    assert many.shapes == few.shapes
    assert len(many) <= len(few) + PIECES


def test_an_unchanged_page_is_one_question(road: Road) -> None:
    merchant, goods = road.merchant(), road.goods()
    taken_in(merchant.crystal, rows(goods))
    again = taken_in(merchant.crystal, rows(goods))
    assert again.shapes == ["SELECT integration_sighting"]


def test_an_unchanged_page_only_notes_that_it_was_seen_when_that_is_old(
    road: Road,
) -> None:
    merchant, goods = road.merchant(), road.goods()
    taken_in(merchant.crystal, rows(goods))
    road.pass_time(hours=2)
    again = taken_in(merchant.crystal, rows(goods))
    assert again.writing == ["UPDATE integration_sighting"]
    oldest = Sighting.everywhere.order_by("seen_at").first()
    assert oldest is not None
    assert timezone.now() - oldest.seen_at < timedelta(minutes=1)


def pushed(road: Road, slug: str, products: int) -> list[Statements]:
    """What each piece of work on the shop costs while so many products arrive."""
    from integration.engine import claim, lease, push
    from integration.jobs import tasks

    road.stock(products)
    merchant = road.merchant(slug)
    Route.everywhere.filter(tenant=merchant.tenant).exclude(kind="product").delete()
    # So that neither size teaches the pace anything.
    Connection.everywhere.filter(pk=merchant.shop.pk).update(pace={"product": 100})
    road.front.do("reset")
    road.front.do("settings", currency="EUR")
    taken_in(
        merchant.crystal,
        rows([{**row, "item_type": {}, "images": []} for row in road.goods()]),
    )
    found = []
    while (piece := claim.claim()) is not None:
        with counted() as statements:
            push.push(piece.work, piece.held)
        lease.give_back(piece.held)
        found.append(statements)
    assert not tasks.claim.something_due()
    assert len(road.shelf()) == products
    return found


def test_a_batch_of_fifty_costs_what_a_batch_of_ten_does(road: Road) -> None:
    few = pushed(road, "few", 10)
    many = pushed(road, "many", 50)
    assert len(few) == len(many) == 1
    assert sorted(many[0].shapes) == sorted(few[0].shapes)
    assert len(many[0]) <= len(few[0]) + PIECES
