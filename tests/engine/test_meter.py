"""The meter and its rows: exact, shared, healing, and sparing with what can wait."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine

from integration.engine.meter import DatabaseMeter
from integration.errors import BudgetSpent
from integration.http.limits import LONGEST_CALL, Limit
from integration.models import CallBudget, Connection, Plan, Tenant

HOUR = Limit(calls=100, seconds=3600, remaining_header="X-Left", reset_header="X-Reset")
MINUTE = Limit(calls=30, seconds=60, reserve=0)
AT_ONCE = Limit(calls=2, seconds=0, reserve=0)

Opened = Callable[..., DatabaseMeter]


@pytest.fixture
def opened(db: None) -> Opened:
    """A meter of a merchant's account; all are on one account."""

    def meter(
        *limits: Limit, slug: str = "acme", sale: bool = False, spread: bool = False
    ) -> DatabaseMeter:
        tenant, _ = Tenant.objects.get_or_create(slug=slug, defaults={"name": slug})
        connection, _ = Connection.everywhere.get_or_create(
            tenant=tenant, platform="crystal", account="one", defaults={"label": "One"}
        )
        return DatabaseMeter(connection, limits, reserved_ok=sale, spread=spread)

    return meter


def made(meter: DatabaseMeter, most: int = 500) -> int:
    """Calls that are let through, one after the other."""
    for count in range(most):
        try:
            meter.ask("")
        except BudgetSpent:
            return count
        meter.tell("", 200, {}, 0.1)
    return most


def logged(limit: Limit) -> int:
    """Calls that stand in the row of a window."""
    row = CallBudget.objects.get(window=round(limit.seconds * 1000))
    return sum(calls for _, calls in row.slots)


def test_two_merchants_on_one_account_share_it_and_the_reserve_is_for_sales(
    opened: Opened,
) -> None:
    assert made(opened(HOUR), most=40) == 40
    assert made(opened(HOUR, slug="beta")) == 50
    assert made(opened(HOUR)) == 0
    assert made(opened(HOUR, slug="beta", sale=True)) == 10
    assert logged(HOUR) == 100


def test_what_one_window_refuses_is_booked_on_no_other(opened: Opened) -> None:
    wide = Limit(calls=100, seconds=600, reserve=0)
    narrow = Limit(calls=5, seconds=60, reserve=0)
    assert made(opened(narrow, wide, AT_ONCE)) == 5
    assert (logged(wide), logged(narrow), logged(AT_ONCE)) == (5, 5, 0)


def test_calls_at_once_are_counted_over_all_workers(opened: Opened) -> None:
    first, second, third = (
        opened(AT_ONCE),
        opened(AT_ONCE, slug="beta"),
        opened(AT_ONCE),
    )
    first.ask("")
    second.ask("")
    with pytest.raises(BudgetSpent, match="2 calls at once") as refused:
        third.ask("")
    assert refused.value.after
    first.tell("", 200, {}, 0.1)
    third.ask("")
    assert logged(AT_ONCE) == 2


def test_a_call_of_a_worker_that_died_is_forgotten(opened: Opened) -> None:
    with time_machine.travel("2026-05-04T10:00:00Z", tick=True) as clock:
        for _ in range(2):
            opened(AT_ONCE).ask("")
        clock.shift(LONGEST_CALL + 1)
        assert made(opened(AT_ONCE), most=5) == 5
        assert logged(AT_ONCE) == 0


def test_what_can_wait_is_spread_and_says_until_when(opened: Opened) -> None:
    with time_machine.travel("2026-05-04T10:00:00Z", tick=True) as clock:
        assert made(opened(HOUR, spread=True)) == 9
        with pytest.raises(BudgetSpent) as waits:
            opened(HOUR, spread=True).ask("")
        said = "100 calls an hour. What can wait is spread over that time. This waits"
        assert said in waits.value.message
        assert "until 10:04:0" in waits.value.message
        assert made(opened(HOUR), most=3) == 3
        clock.shift(waits.value.after or 0)
        assert made(opened(HOUR, spread=True)) > 0


def test_a_plan_leaves_others_their_share_but_never_stops_a_sale(
    opened: Opened,
) -> None:
    opened(HOUR)
    plan = Plan.objects.create(name="Small", calls_share=20)
    Tenant.objects.filter(slug="acme").update(plan=plan)
    assert made(opened(HOUR)) == 20
    with pytest.raises(BudgetSpent, match="plan leaves 20 percent"):
        opened(HOUR).ask("")
    assert made(opened(HOUR, sale=True), most=30) == 30
    assert made(opened(MINUTE)) == 30


def test_a_smaller_allowance_in_the_headers_is_noted_and_shown(opened: Opened) -> None:
    meter = opened(HOUR, sale=True)
    meter.ask("")
    meter.tell("", 200, {"X-Left": "39"}, 0.1)
    row = CallBudget.objects.get()
    assert (row.allowed, row.reserve) == (40, 4)
    assert made(opened(HOUR)) == 35
    meter.ask("")
    meter.tell("", 200, {"X-Left": "0", "X-Reset": "300"}, 0.1)
    with pytest.raises(BudgetSpent, match="It says that they are spent") as shut:
        opened(HOUR, sale=True).ask("")
    assert 299 < (shut.value.after or 0) <= 300


def test_an_early_refusal_is_noted_on_the_window_it_speaks_of(opened: Opened) -> None:
    meter = opened(HOUR, MINUTE)
    assert made(meter, most=20) == 20
    meter.ask("")
    meter.tell("", 429, {"Retry-After": "30"}, 0.1)
    allowed = dict(CallBudget.objects.values_list("window", "allowed"))
    assert allowed == {60_000: 20, 3_600_000: 100}
    with pytest.raises(BudgetSpent, match="20 calls a minute|30 calls a minute"):
        opened(HOUR, MINUTE).ask("")


def test_a_changed_limit_is_followed(opened: Opened) -> None:
    assert made(opened(MINUTE)) == 30
    wider = Limit(calls=50, seconds=60, reserve=0)
    assert made(opened(wider)) == 20
    assert CallBudget.objects.get().allowed == 50
