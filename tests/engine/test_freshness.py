"""Which lists are late, and why: never shown as fine."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.engine import clock as tick
from integration.engine import freshness, steer
from integration.engine.freshness import Fresh
from integration.models import Connection, Plan, Run
from tests.road import Merchant, Road


@pytest.fixture
def merchant(road: Road) -> Merchant:
    return road.in_step()


def of(connection: Connection) -> dict[str, Fresh]:
    connection.refresh_from_db()
    found = freshness.of([connection], timezone.now())[connection.pk]
    return {each.stream: each for each in found}


def test_what_was_just_read_is_fresh(merchant: Merchant) -> None:
    assert set(of(merchant.shop)) == {"orders", "settings"}
    orders = of(merchant.shop)["orders"]
    assert not orders.late
    assert orders.words().endswith("ago, every 2 h")
    assert freshness.late([merchant.shop, merchant.crystal], timezone.now()) == []


def test_a_list_is_late_after_one_cadence_and_a_half(
    road: Road, merchant: Merchant
) -> None:
    road.pass_time(hours=3, minutes=4)
    assert not of(merchant.shop)["orders"].late
    road.pass_time(minutes=2)
    assert of(merchant.shop)["orders"].late
    assert of(merchant.shop)["orders"].words() == "late: last read 3 h ago, every 2 h"
    road.settle()
    assert not of(merchant.shop)["orders"].late


def test_a_look_at_single_rows_makes_no_list_fresh(
    road: Road, merchant: Merchant
) -> None:
    from integration.contract.messages import These

    road.pass_time(hours=4)
    before = of(merchant.shop)["orders"].last
    run = road.read(merchant.shop, "settings", These(("currency",)))
    assert run.state == "done"
    Run.everywhere.filter(stream="orders", ended_at__gt=before).delete()
    assert of(merchant.shop)["orders"].last == before


def test_a_list_that_was_never_read_is_late(road: Road) -> None:
    merchant = road.merchant()
    products = of(merchant.crystal)["products"]
    assert products.late
    assert products.words() == "late: last read never, every 2 h"


def test_it_is_told_why(road: Road, merchant: Merchant) -> None:
    road.pass_time(hours=5)
    tick.tick()
    mine = Run.everywhere.filter(connection=merchant.shop, state="queued")
    assert "its turn has not come" in of(merchant.shop)["orders"].words()
    due = timezone.now().replace(hour=15, minute=40)
    mine.update(wait_reason="budget", not_before=due)
    assert "waits for calls until 15:40 UTC" in of(merchant.shop)["orders"].words()
    mine.update(wait_reason="retry", message="It is away.")
    assert "failing: It is away." in of(merchant.shop)["orders"].words()
    mine.update(state="held", wait_reason="")
    assert "held" in of(merchant.shop)["orders"].words()
    mine.all().delete()
    steer.pause(Connection.everywhere.filter(pk=merchant.shop.pk))
    assert of(merchant.shop)["orders"].words().endswith("; paused")


def test_a_plan_slows_a_route_down(road: Road, merchant: Merchant) -> None:
    plan = Plan.objects.create(name="Small", shortest_every=6 * 3600)
    type(merchant.tenant).objects.update(plan=plan)
    assert of(merchant.shop)["orders"].every == 6 * 3600
    before = len(merchant.runs("orders"))
    road.later(hours=5)
    assert len(merchant.runs("orders")) == before
    assert not of(merchant.shop)["orders"].late
    road.later(hours=1, minutes=1)
    assert len(merchant.runs("orders")) == before + 1


def test_all_connections_cost_three_statements(road: Road) -> None:
    counts = []
    for slugs in (("one",), ("two", "three", "four")):
        for slug in slugs:
            road.merchant(slug)
        chosen = list(Connection.everywhere.all())
        with CaptureQueriesContext(database) as queries:
            freshness.of(chosen, timezone.now())
        counts.append(len(queries))
    assert counts == [3, 3]
