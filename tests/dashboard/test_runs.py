"""Runs: live while they last, numbers that add up, started with eyes open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

if TYPE_CHECKING:
    from integration.models import Run
    from tests.admin.rows import Rows

At = Callable[..., str]
POLL = {"HTTP_HX_REQUEST": "true"}


def reading(rows: Rows, state: str = "running", **more: Any) -> Run:
    """A read of the back office's products."""
    from integration.models import Run

    run = rows.runs()
    begun = timezone.now() - timedelta(seconds=100)
    values = {"state": state, "stream": "products", "started_at": begun, "message": ""}
    Run.everywhere.filter(pk=run.pk).update(**{**values, **more})
    run.refresh_from_db()
    return run


def words(client: Client, url: str) -> str:
    """A page's text, without its tags."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_run_under_way_tells_how_far_it_is_and_how_long_it_takes(
    rows: Rows, looker: Client, at: At
) -> None:
    reading(rows, "done", read=1000, ended_at=timezone.now())
    run = reading(rows, read=250, created=50, unchanged=200, calls=7)
    page = words(looker, at("runs_show", run.pk))
    assert "250 of about 1,000" in page
    assert re.search(r"about \d+ minutes left", page)
    assert "250 read = 50 created + 0 updated + 200 unchanged" in page
    assert "7 calls" in page
    assert "unaccounted" not in page


def test_a_poll_brings_only_what_changed_and_stops_at_the_end(
    rows: Rows, looker: Client, at: At
) -> None:
    from integration.models import Run

    run = reading(rows, read=10, unchanged=10)
    for name in ("runs", "runs_show"):
        Run.everywhere.filter(pk=run.pk).update(state="running", read=10)
        url = at(name) if name == "runs" else at(name, run.pk)
        part = looker.get(url, **POLL).content.decode()
        assert "<html" not in part
        (again,) = re.findall(r'hx-get="([^"]+)"', part)
        again = again.replace("&amp;", "&")
        assert looker.get(again, **POLL).status_code == 204
        Run.everywhere.filter(pk=run.pk).update(read=11)
        changed = looker.get(again, **POLL)
        assert changed.status_code == 200
        Run.everywhere.filter(pk=run.pk).update(state="done")
        assert "hx-trigger" not in looker.get(again, **POLL).content.decode()


def test_numbers_that_do_not_add_up_are_said_in_red(
    rows: Rows, looker: Client, at: At
) -> None:
    run = reading(rows, "failed", read=10, unchanged=7, ended_at=timezone.now())
    for url in (at("runs_show", run.pk), at("runs")):
        assert "3 unaccounted" in words(looker, url)
        assert "status-bad" in looker.get(url).content.decode()


def test_why_it_waits_and_what_it_owes_is_said(
    rows: Rows, looker: Client, at: At
) -> None:
    waiting = reading(rows, wait_reason="budget")
    page = words(looker, at("runs_show", waiting.pk))
    assert "The calls this platform allows are used up for now." in page
    settling = reading(rows, "settling", everything=True, stream="other")
    for state in ("planned", "done", "refused", "refused"):
        rows.deliveries(run=settling, state=state)
    page = words(looker, at("runs_show", settling.pk))
    assert "What it owes" in page
    assert re.search(r"Products: .+ 4 1 1 2", page)


def test_filters_and_kinds_of_empty(rows: Rows, looker: Client, at: At) -> None:
    assert "Nothing was read yet" in words(looker, at("runs"))
    reading(rows, "done", ended_at=timezone.now(), cause="webhook")
    assert "Runs that ended" in words(looker, at("runs") + "?cause=webhook")
    for query in ("cause=manual", "state=failed", "sort=Oldest", "connection=0x1"):
        assert "No run matches" in words(looker, f"{at('runs')}?{query}"), query


def test_a_held_run_asks_and_goes_on_or_stops(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from integration.models import Run
    from synclog.models import AuditEvent

    told = "40 of 50 are no longer listed."
    run = reading(rows, "held", vanished=40, message=told)
    assert told in words(shop_owner, at("runs_show", run.pk))
    assert "40 items are not listed" in words(shop_owner, at("runs_go_on", run.pk))
    assert Run.everywhere.get(pk=run.pk).state == "held"
    shop_owner.post(at("runs_go_on", run.pk))
    assert Run.everywhere.get(pk=run.pk).state == "running"
    shop_owner.post(at("runs_stop", run.pk))
    assert Run.everywhere.get(pk=run.pk).state == "cancelled"
    assert list(
        AuditEvent.everywhere.order_by("pk").values_list("verb", flat=True)
    ) == [
        "confirmed_vanishing",
        "stopped",
    ]


def test_what_a_run_does_and_costs_is_said_before_it_starts(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from integration.models import Run

    start = f"{at('runs_start')}?connection={rows.back.pk}"
    page = words(shop_owner, start)
    for told in ("Changed only", "Full, send everything again", "at a guess"):
        assert told in page
    question = words(shop_owner, f"{start}&what=resend")
    assert "what was edited by hand on the targets is overwritten" in question
    assert not Run.everywhere.exists()
    answer = shop_owner.post(f"{start}&what=resend")
    run = Run.everywhere.get()
    assert run.selection == {"type": "Everything", "resend": True}
    assert answer["Location"] == at("runs_show", run.pk)


def test_a_route_is_run_for_its_target_alone(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from integration.models import Run

    shop_owner.post(f"{at('runs_start')}?route={rows.route.pk}&what=full")
    assert Run.everywhere.get().limit_to_id == rows.shop.pk


def test_who_may_only_look_starts_and_stops_nothing(
    rows: Rows, looker: Client, at: At
) -> None:
    run = reading(rows)
    assert "Stop" not in words(looker, at("runs_show", run.pk))
    for url in (
        f"{at('runs_start')}?connection={rows.back.pk}&what=full",
        at("runs_stop", run.pk),
        at("runs_go_on", run.pk),
    ):
        assert looker.post(url).status_code == 403
    assert looker.get(at("runs_start")).status_code == 403


def test_another_merchant_s_runs_are_not_there(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from integration.models import Connection, Route, Run

    run, other = reading(rows), rows.tenants()
    Run.everywhere.update(tenant=other)
    Route.everywhere.update(tenant=other)
    Connection.everywhere.update(tenant=other)
    assert shop_owner.get(at("runs_show", run.pk)).status_code == 404
    assert shop_owner.post(at("runs_stop", run.pk)).status_code == 404
    for query in (f"connection={rows.back.pk}", f"route={rows.route.pk}", "route=x"):
        assert shop_owner.get(f"{at('runs_start')}?{query}").status_code == 404
    assert f"/runs/{run.pk}/" not in shop_owner.get(at("runs")).content.decode()


@pytest.mark.parametrize("name", ["runs", "runs_show"])
def test_pages_cost_the_same_for_few_and_for_many(
    rows: Rows, looker: Client, at: At, name: str
) -> None:
    run = reading(rows, "done", ended_at=timezone.now())
    rows.deliveries(run=run)
    rows.errors(run=run)
    url = at("runs_show", run.pk) if name == "runs_show" else at("runs")

    def cost() -> int:
        with CaptureQueriesContext(database) as made:
            assert looker.get(url).status_code == 200
        return len(made)

    few = cost()
    for _ in range(10):
        reading(rows, "done", ended_at=timezone.now(), parent=run)
        rows.deliveries(run=run)
        rows.errors(run=run)
    child = 1 if name == "runs_show" else 0
    assert cost() <= few + child
