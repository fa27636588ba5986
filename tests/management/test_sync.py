"""`manage.py sync`: any selection, followed to the end, and added up."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.management.conftest import Ended
from tests.road import Road

Run = Callable[..., Ended]
ACME = ("--tenant", "acme")


def counted(out: str) -> dict[str, int]:
    """The counters of the line that adds up."""
    line = re.search(r"(?m)^Read (\d+) = (.*)$", out)
    assert line is not None, out
    parts = re.findall(r"(\d+) ([a-z ]+?)(?: \+|$)", line[2])
    found = {name: int(count) for count, name in parts}
    assert int(line[1]) == sum(found.values())
    return {"read": int(line[1]), **found}


def test_everything_is_read_written_and_added_up(run: Run, road: Road) -> None:
    road.merchant()
    road.forget()
    ended = run("sync", "crystal", *ACME, "--everything")
    assert ended.error == ""
    assert counted(ended.out)["created"] == len(road.goods())
    assert len(road.shelf()) == len(road.goods())
    assert "products: Done" in ended.out
    assert "Open errors: 0" in ended.out
    made = road.back.calls("/v1/") + road.back.calls("/token")
    made += road.front.calls("/wp-json/")
    assert f"Calls: {len(made)}\n" in ended.out
    assert "to go" in ended.err


def test_without_a_word_it_reads_what_changed(run: Run, road: Road) -> None:
    road.in_step()
    road.pass_time(hours=1)
    product = road.goods()[0]
    road.change(product, name="Renamed", last_updated="2030-01-01T00:00:00Z")
    ended = run("sync", "crystal", *ACME)
    assert ended.error == ""
    assert counted(ended.out)["updated"] == 1
    assert road.shelf()[product["id"]]["name"] == "Renamed"


def test_these_oldest_missing_and_again_name_what_they_say(
    run: Run, road: Road
) -> None:
    road.in_step()
    product = road.goods()[0]["id"]
    these = run("sync", "crystal", "products", *ACME, "--these", product)
    assert counted(these.out)["read"] == 1
    oldest = run("sync", "crystal", "product", *ACME, "--oldest", 3)
    assert counted(oldest.out)["read"] == 3
    road.forget()
    again = run("sync", "crystal", *ACME, "--again")
    assert counted(again.out)["unchanged"] == len(road.goods())
    assert "Calls: 0" in again.out
    assert road.back.calls() == []
    road.buy(product)
    missing = run("sync", "woocommerce", "orders", *ACME, "--missing", 1)
    assert missing.error == ""
    assert len(road.sold()) == 1


def test_a_bad_item_is_shown_and_does_not_fail_the_sync(run: Run, road: Road) -> None:
    road.merchant()
    road.change(road.goods()[0], price=None)
    ended = run("sync", "crystal", *ACME, "--everything")
    assert ended.error == ""
    assert counted(ended.out)["failed"] == 1
    assert "Open errors: 1" in ended.out
    assert "This product has no price." in ended.out


def test_a_read_that_fails_ends_the_command_with_its_reason(
    run: Run, road: Road
) -> None:
    road.merchant()
    road.back.fault("status", "ecom/products", status=404, times=-1)
    ended = run("sync", "crystal", *ACME, "--everything")
    assert ended.error == "Not done: products."
    assert "answered with status 404" in ended.out


def test_what_must_wait_is_left_to_the_worker_and_said(run: Run, road: Road) -> None:
    road.merchant()
    road.back.fault("status", "ecom/products", status=500, times=-1)
    ended = run("sync", "crystal", *ACME, "--patience", 5)
    assert "a worker goes on with it" in ended.error
    assert "Waiting for retry: 1" in ended.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crystal", "boats"), "has no “boats” to read; it has: products"),
        (("crystal", "--resend"), "--resend goes with --everything only"),
        (("crystal", "--oldest", "0"), "above zero"),
        (("crystal", "--missing", "-1"), "above zero"),
        (("etsy",), "no connection “etsy”"),
    ],
)
def test_what_makes_no_sense_is_said(
    run: Run, road: Road, arguments: tuple[str, ...], said: str
) -> None:
    from integration.models import Run as Read

    road.merchant()
    assert said in run("sync", *arguments, *ACME).error
    assert not Read.everywhere.exists()


def test_a_connection_that_is_not_working_is_said_at_once(run: Run, road: Road) -> None:
    merchant = road.merchant()
    type(merchant.crystal).everywhere.update(health="paused")
    ended = run("sync", "crystal", *ACME)
    assert "Crystal is not working: paused" in ended.error


def test_ids_that_are_not_there_are_counted_and_bring_nothing(
    run: Run, road: Road
) -> None:
    road.merchant()
    ended = run("sync", "woocommerce", "order", *ACME, "--these", "901", "902")
    assert ended.error == ""
    assert ended.out.startswith("orders: Done")
    assert counted(ended.out) == {
        **dict.fromkeys(("created", "updated", "unchanged", "failed", "passed on"), 0),
        "read": 2,
        "skipped": 2,
    }
