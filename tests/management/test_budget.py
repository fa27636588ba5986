"""`manage.py budget`, and what `sync` and `doctor` tell of calls and freshness."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from integration.models import CallBudget, Plan
from tests.management.conftest import Ended
from tests.road import Merchant, Road

Run = Callable[..., Ended]


@pytest.fixture
def merchant(road: Road) -> Merchant:
    merchant = road.merchant("main")
    road.connect_shop(merchant.tenant, calls_per_minute=500)
    road.start(merchant)
    return merchant


def test_windows_use_and_forecast_are_printed(run: Run, merchant: Merchant) -> None:
    said = run("budget")
    assert said.error == ""
    assert re.search(r"500 calls a minute: \d+ spent, will not run out", said.out)
    assert re.search(r"product: Crystal → .*: \d+ this hour, \d+ today", said.out)
    assert re.search(r"Reading, upkeep: \d+ this hour", said.out)
    assert re.search(r"About [\d,]+ calls a month at the pace of now", said.out)


def test_one_connection_and_its_plan(run: Run, merchant: Merchant) -> None:
    plan = Plan.objects.create(name="Small", shortest_every=7200, calls_share=80)
    type(merchant.tenant).objects.update(plan=plan)
    said = run("budget", "woocommerce").out
    assert "Plan Small: every 2 h at most, 80% of long windows" in said
    assert "500 calls a minute" in said
    assert "Crystal:" not in said


def test_a_window_that_is_shut_says_until_when(run: Run, merchant: Merchant) -> None:
    when = timezone.now() + timedelta(hours=2)
    CallBudget.objects.filter(platform="woocommerce").update(resets_at=when)
    assert f"shut until {when:%H:%M}" in run("budget", "woocommerce").out


def test_sync_tells_what_it_costs_before_and_after(
    run: Run, merchant: Merchant
) -> None:
    assert run("sync", "crystal", "products").error == ""
    said = run("sync", "crystal", "products")
    expected = re.match(r"Reading takes about (\d+) call", said.err)
    assert expected
    assert abs(int(re.findall(r"Calls: (\d+)", said.out)[0]) - int(expected[1])) <= 1


def test_the_doctor_names_what_is_late(
    run: Run, road: Road, merchant: Merchant
) -> None:
    with override_settings(WEFT_ALLOW_LOOPBACK=True):
        assert "late" not in run("doctor").out
        road.pass_time(hours=5)
        said = run("doctor").out
    assert re.search(r"orders: late: last read 5 h ago, every 2 h", said)
