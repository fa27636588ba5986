"""What is not linked yet, by route, with the reason; what was not seen for longest."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.contract import registry
from integration.engine import stale, unlinked
from integration.engine.unlinked import Reason
from integration.models import Cursor, Delivery, Link, Record, Route, Sighting
from tests.road import Merchant, Road


@pytest.fixture
def merchant(road: Road) -> Merchant:
    return road.in_step()


def product_route(merchant: Merchant) -> Route:
    return Route.everywhere.get(tenant=merchant.tenant, kind="product")


def test_all_is_linked_when_all_arrived(merchant: Merchant) -> None:
    counts = unlinked.counts(product_route(merchant))
    assert (counts.shown, counts.by_reason, counts.open) == (12, {}, 0)
    assert unlinked.listed(product_route(merchant)) == []


@pytest.mark.parametrize("kind", ["stock", "price"])
def test_facets_are_linked_with_what_they_are_of(merchant: Merchant, kind: str) -> None:
    route = Route.everywhere.get(tenant=merchant.tenant, kind=kind)
    counts = unlinked.counts(route)
    assert (counts.shown, counts.by_reason) == (12, {})


def test_each_reason_is_told_apart(road: Road, merchant: Merchant) -> None:
    route = product_route(merchant)
    for place, (state, code) in enumerate(
        [
            ("planned", ""),
            ("refused", "ambiguous"),
            ("gave_up", "rejected"),
            ("closed", ""),
        ]
    ):
        record = Record.everywhere.create(
            tenant=merchant.tenant, kind="product", label=f"Lamp {place}"
        )
        Link.everywhere.create(
            tenant=merchant.tenant,
            connection=merchant.crystal,
            kind="product",
            external_id=f"lamp-{place}",
            record=record,
        )
        Delivery.everywhere.create(
            tenant=merchant.tenant,
            route=route,
            record=record,
            kind="product",
            state=state,
            code=code,
            message=f"It is {state}.",
        )
    counts = unlinked.counts(route)
    assert counts.shown == 16
    assert counts.by_reason == dict.fromkeys(Reason, 1)
    assert counts.open == 3
    found = unlinked.listed(route)
    assert [(each.label, each.reason) for each in found] == [
        ("Lamp 1", Reason.AMBIGUOUS),
        ("Lamp 2", Reason.REFUSED),
        ("Lamp 3", Reason.NEVER_MATCHED),
    ]
    assert found[0].message == "It is refused."
    (waits,) = unlinked.listed(route, [Reason.WAITING])
    assert waits.external_id == "lamp-0"
    Delivery.everywhere.all().delete()


def fill(merchant: Merchant, many: int) -> None:
    """So many products that Crystal shows and nobody linked."""
    records = Record.everywhere.bulk_create(
        Record(tenant=merchant.tenant, kind="product", label=f"Lamp {number}")
        for number in range(many)
    )
    Link.everywhere.bulk_create(
        Link(
            tenant=merchant.tenant,
            connection=merchant.crystal,
            kind="product",
            external_id=f"{record.pk}",
            record=record,
        )
        for record in records
    )


@pytest.mark.parametrize("many", [3, 3000])
def test_any_number_of_things_costs_three_statements(
    merchant: Merchant, many: int
) -> None:
    fill(merchant, many)
    route = product_route(merchant)
    with CaptureQueriesContext(database) as queries:
        assert unlinked.counts(route).open == many
        assert len(unlinked.listed(route)) == min(many, unlinked.MOST)
    assert len(queries) == 3


def seen(external_id: str, ago: timedelta) -> datetime:
    moment = timezone.now() - ago
    Sighting.everywhere.filter(external_id=external_id).update(seen_at=moment)
    return moment


def test_what_was_not_seen_for_longest_stands_first(
    road: Road, merchant: Merchant
) -> None:
    first, second = road.goods()[7], road.goods()[2]
    oldest = seen(first["id"], timedelta(days=9))
    seen(second["id"], timedelta(days=3))
    stream = registry.connector("crystal").stream("products")
    with CaptureQueriesContext(database) as queries:
        rows = stale.listed(merchant.crystal, stream)
    assert len(queries) == 2
    assert [row.external_id for row in rows[:2]] == [first["id"], second["id"]]
    assert rows[0].label
    assert rows[0].age(timezone.now()).days == 9
    assert len(rows) == 12
    assert stale.of_kind(merchant.crystal, "stock", 1) == rows[:1]
    cursors = Cursor.everywhere.filter(connection=merchant.crystal)
    (cursor,) = stale.with_oldest(cursors)
    assert cursor.oldest_seen == oldest
