"""The pre-flight and the first sync: what is read, compared, told, and not written."""

from __future__ import annotations

from typing import Any

import pytest

from integration.canonical.kinds import Kind
from integration.engine import (
    comparison,
    first_routes,
    opening,
    preflight,
    setting_up,
)
from integration.errors import BadConfig
from integration.models import (
    Connection,
    Cursor,
    Delivery,
    Health,
    Link,
    MatchKey,
    Record,
    Route,
    Sighting,
    Tenant,
)
from tests.road import Merchant, Road


def laid(merchant: Merchant, *kinds: str) -> None:
    """The routes of these kinds, chosen and switched off."""
    keys = [
        each.key
        for each in first_routes.proposals(merchant.shop)
        if each.kind in kinds or (not kinds and each.usual)
    ]
    first_routes.lay(merchant.shop, keys, None)


def test_reads_are_made_once_owe_nothing_and_serve_the_first_sync(road: Road) -> None:
    merchant = road.merchant(routes=False)
    laid(merchant)
    expected = {"products", "orders"}
    assert {each.stream.key for each in preflight.looks(merchant.shop)} == expected
    preflight.begin(merchant.shop, None)
    assert preflight.reading(preflight.runs(merchant.shop))
    assert not preflight.looks(merchant.shop)
    road.settle()
    assert not preflight.reading(preflight.runs(merchant.shop))
    assert {run.state for run in preflight.runs(merchant.shop)} == {"done"}
    assert not Delivery.everywhere.exists()
    assert not preflight.looks(merchant.shop)
    road.forget()
    started = first_routes.start(merchant.shop, first_routes.WRITE, None)
    assert started.warnings == []
    # All that the shop can be told stands ready: the back office is not asked again.
    of_office = [run for run in started.runs if run.connection == merchant.crystal]
    assert of_office
    assert not opening.reads(of_office)
    road.settle()
    assert not road.back.calls("products")
    assert len(road.shelf()) == len(road.goods())


def test_sales_of_the_last_days_are_looked_at_and_stay_unsent(road: Road) -> None:
    merchant = road.merchant(routes=False)
    road.front.do("seed", products=[{"name": "Mug", "sku": "MUG", "price": "9.00"}])
    road.buy("MUG")
    laid(merchant, "order")
    preflight.begin(merchant.shop, None)
    road.settle()
    assert Sighting.everywhere.filter(stream="orders").count() == 1
    first_routes.start(merchant.shop, first_routes.WRITE, None)
    road.later(hours=3)
    assert not Delivery.everywhere.filter(kind="order").exists()
    assert Cursor.everywhere.get(stream="orders").value
    road.stock(1)


def test_routes_that_would_fight_are_refused_when_they_are_chosen(road: Road) -> None:
    merchant = road.merchant(routes=False)
    other = road.connect_crystal(merchant.tenant, organisation="Second")
    merchant.route("product")
    proposals = first_routes.proposals(other)
    rival = next(each for each in proposals if each.kind == Kind.PRODUCT)
    assert (rival.rival, rival.usual) == (merchant.crystal.label, False)
    with pytest.raises(BadConfig, match="already takes its product"):
        first_routes.lay(other, [rival.key], None)
    with pytest.raises(BadConfig, match="cannot exchange"):
        first_routes.lay(other, ["product-1-99"], None)
    assert Route.everywhere.count() == 1


def test_what_is_chosen_no_more_goes_and_what_runs_stays(road: Road) -> None:
    merchant = road.merchant(routes=False)
    running = merchant.route("product")
    laid(merchant, "stock", "price")
    laid(merchant, "stock")
    assert set(Route.everywhere.values_list("kind", "enabled")) == {
        (running.kind, True),
        ("stock", False),
    }
    with pytest.raises(BadConfig, match="in use"):
        setting_up.throw_away(merchant.shop, None)


def test_what_a_month_costs_is_compared_with_what_is_allowed(road: Road) -> None:
    merchant = road.merchant(routes=False)
    laid(merchant, "order")
    Route.everywhere.update(every=60)
    bill = {each.connection: each for each in preflight.bills(merchant.shop)}
    # A look a minute for thirty days, and the settings once a day.
    assert bill[merchant.shop].month >= 30 * 24 * 60
    assert bill[merchant.shop].limit is None
    assert not bill[merchant.shop].tight


class Shelf:
    """Things of two connections, made directly."""

    def __init__(self) -> None:
        self.tenant = Tenant.objects.create(slug="acme", name="Acme")
        self.here = self._connection("crystal")
        self.there = self._connection("woocommerce")
        self.number = 0

    def _connection(self, platform: str) -> Connection:
        return Connection.everywhere.create(
            tenant=self.tenant, platform=platform, account=platform, label=platform
        )

    def put(self, kind: str, key: str, *ends: Connection) -> Record:
        """One thing with this key on these connections."""
        name = comparison.KEYS[Kind(kind)]
        record = Record.everywhere.create(tenant=self.tenant, kind=kind, label=key)
        for end in ends:
            self.number += 1
            Link.everywhere.create(
                tenant=self.tenant,
                connection=end,
                kind=kind,
                external_id=str(self.number),
                record=record,
            )
            if key:
                MatchKey.everywhere.create(
                    tenant=self.tenant,
                    connection=end,
                    kind=kind,
                    name=name,
                    value=key,
                    record=record,
                )
        return record


@pytest.mark.parametrize("kind", ["variant", "customer"])
def test_two_sides_are_compared_by_their_keys(
    db: None, kind: str, django_assert_max_num_queries: Any
) -> None:
    shelf = Shelf()
    here, there = shelf.here, shelf.there
    for number in range(3):
        shelf.put(kind, f"both{number}", here, there)
    shelf.put(kind, "mine", here)
    shelf.put(kind, "", here)
    shelf.put(kind, "twice", there)
    shelf.put(kind, "twice", there)
    with django_assert_max_num_queries(11):
        found = comparison.compare(here, there, Kind(kind))
    assert found.matched == 3
    assert (found.here.total, found.here.alone, found.here.keyless) == (5, 2, 1)
    assert (found.there.total, found.there.alone, found.there.doubled) == (5, 2, 1)
    assert found.ambiguous == 1
    lines = [
        (row.finding, row.connection, row.key)
        for row in comparison.rows(here, there, Kind(kind))
    ]
    assert lines == [
        ("alone", "crystal", "mine"),
        ("alone", "crystal", ""),
        ("keyless", "crystal", ""),
        ("alone", "woocommerce", "twice"),
        ("alone", "woocommerce", "twice"),
        ("doubled", "woocommerce", "twice"),
    ]


def test_what_is_gone_is_not_counted(db: None) -> None:
    shelf = Shelf()
    shelf.put("variant", "old", shelf.here, shelf.there).links.update(
        gone_at="2026-01-01T00:00Z"
    )
    found = comparison.compare(shelf.here, shelf.there, Kind.VARIANT)
    assert (found.matched, found.here.total, found.there.total) == (0, 0, 0)


def test_an_untested_connection_is_nobody_s_to_read(road: Road) -> None:
    from integration.contract import registry

    merchant = road.merchant(routes=False)
    given = {"url": road.front.root, "allow_http": True, **road.front.credentials}
    draft = setting_up.begin(
        merchant.tenant, registry.connector("woocommerce"), "", given
    )
    assert (draft.health, draft.label) == (Health.PAUSED, "WooCommerce")
    assert draft not in first_routes.others(merchant.crystal)
    road.forget()
    road.later(days=2)
    made = [call for call in road.front.calls() if call["path"]]
    draft.refresh_from_db()
    assert draft.facts == {}
    assert not Sighting.everywhere.filter(connection=draft).exists()
    assert not [run for run in draft.runs.all()] or not made
