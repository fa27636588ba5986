"""What calls were used for, and when they will run out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from integration.engine import forecast
from integration.engine.forecast import Window, monthly, runs_out
from integration.http.limits import Limit, charge
from integration.models import CallBudget, CallUsage, Connection, Plan, Route, Tenant

NOW = datetime(2026, 5, 13, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Limit(calls=1000, seconds=86_400)


def evenly(calls: float) -> dict[int, float]:
    return dict.fromkeys(range(24), calls)


def test_a_window_that_is_never_full_does_not_run_out() -> None:
    assert runs_out([], DAY, evenly(41), NOW) is None
    assert runs_out([], Limit(calls=42, seconds=3600), evenly(41), NOW) is None
    assert runs_out([], Limit(calls=5, seconds=0), evenly(4100), NOW) is None


def test_the_moment_is_told_when_a_window_runs_out() -> None:
    made = charge([], DAY, NOW.timestamp(), 900)
    assert runs_out(made, DAY, evenly(40), NOW) == NOW + 2.5 * HOUR
    assert runs_out([], DAY, {20: 2000.0}, NOW) == NOW.replace(hour=20, minute=30)


def test_what_leaves_the_log_makes_room() -> None:
    old = charge([], DAY, (NOW - timedelta(hours=22)).timestamp(), 900)
    assert runs_out(old, DAY, evenly(30), NOW) is None


def test_a_short_window_runs_out_in_an_hour_that_is_too_busy() -> None:
    minute = Limit(calls=60, seconds=60)
    assert runs_out([], minute, evenly(3600), NOW) is None
    assert runs_out([], minute, {15: 3601.0}, NOW) == NOW.replace(hour=15, minute=0)


@given(st.integers(0, 100), st.integers(0, 1000))
def test_a_faster_pace_never_runs_out_later(pace: int, made: int) -> None:
    slots = charge([], DAY, NOW.timestamp(), made)
    slow, fast = (runs_out(slots, DAY, evenly(each), NOW) for each in (pace, pace + 1))
    assert fast is not None or slow is None
    if slow is not None and fast is not None:
        assert fast <= slow


def test_a_month_is_reckoned_from_the_last_week_or_what_there_is_of_it() -> None:
    week = {"recent": 910, "since": NOW - timedelta(days=7)}
    assert monthly([week], NOW) == 3900
    assert monthly([{"recent": 130, "since": NOW - HOUR}], NOW) == 3900
    assert monthly([], NOW) == 0


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(DAY, 7, None, None), "1,000 calls a day: 7 spent, will not run out"),
        (Window(DAY, 7, None, NOW), "will run out at 12:30 UTC on 13 May"),
        (Window(DAY, 7, NOW, None), "shut until 12:30 UTC on 13 May"),
        (Window(Limit(calls=5, seconds=0), 2, None, None), "5 calls at once: 2 spent"),
    ],
)
def test_a_window_is_told_in_words(window: Window, words: str) -> None:
    assert window.words().endswith(words)


@pytest.fixture
def shop(db: None) -> Connection:
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    return account(tenant, "woocommerce", "shop")


def account(tenant: Tenant, platform: str, name: str) -> Connection:
    return Connection.everywhere.create(
        tenant=tenant, platform=platform, account=name, label=name
    )


def use(
    connection: Connection, route: Route | None, ago: timedelta, calls: int
) -> None:
    hour = (NOW - ago).replace(minute=0)
    CallUsage.everywhere.create(
        tenant=connection.tenant,
        connection=connection,
        route=route,
        hour=hour,
        calls=calls,
    )


def test_calls_are_told_by_route_and_window(shop: Connection) -> None:
    back = account(shop.tenant, "crystal", "back")
    route = Route.everywhere.create(
        tenant=shop.tenant, kind="product", source=back, target=shop
    )
    for hours, calls in ((0, 3), (2, 5), (30, 20), (24 * 6, 70), (24 * 40, 999)):
        use(shop, route, timedelta(hours=hours), calls)
    use(shop, None, timedelta(0), 2)
    CallBudget.objects.create(
        platform="woocommerce", account="shop", window=86_400_000, allowed=8
    )
    found = forecast.of(shop, NOW)
    reading = found.used[1]
    assert reading.route is None
    assert found.used[0] == (route, 3, 8, 98, 98)
    assert reading[1:] == (2, 2, 2, 2)
    assert found.month == round(100 / (6 + 0.5 / 24) * 30)
    (window,) = found.windows
    assert window.runs_out == NOW + timedelta(hours=23, minutes=36)


def test_slowing_a_route_down_saves_what_its_looks_cost(shop: Connection) -> None:
    target = account(shop.tenant, "crystal", "back")
    order = Route.everywhere.create(
        tenant=shop.tenant, kind="order", source=shop, target=target, every=3600
    )
    found = forecast.savings(shop, [order], {"orders": 2.0})
    assert found == [(order, 7200, 720)]
    other = Route.everywhere.create(
        tenant=shop.tenant,
        kind="order_status",
        source=shop,
        target=target,
        every=3600,
    )
    assert [each.calls for each in forecast.savings(shop, [order, other], {})] == [0, 0]
    both = forecast.savings(shop, [order, other], {"orders": 2.0})
    assert {each.calls for each in both} == {0}
    order.tenant.plan = Plan(name="Small", shortest_every=86_400)
    assert forecast.savings(shop, [order], {"orders": 2.0}) == [(order, 172_800, 30)]


@pytest.mark.parametrize("many", [3, 2000])
def test_a_forecast_is_five_statements(shop: Connection, many: int) -> None:
    back = account(shop.tenant, "crystal", "back")
    route = Route.everywhere.create(
        tenant=shop.tenant, kind="product", source=back, target=shop
    )
    CallUsage.everywhere.bulk_create(
        CallUsage(
            tenant=shop.tenant,
            connection=shop,
            route=route,
            hour=NOW - number * HOUR,
            calls=1,
        )
        for number in range(many)
    )
    with CaptureQueriesContext(database) as queries:
        forecast.of(shop, NOW)
    assert len(queries) == 5
