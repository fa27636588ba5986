"""The API budget: windows, calls by the hour, and what slowing down saves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.models import CallBudget, CallUsage, Route, Run, RunState
from synclog.models import AuditEvent
from tests.admin.rows import Rows

At = Callable[..., str]


def hour(back: int = 0) -> datetime:
    now = timezone.now().astimezone(UTC)
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=back)


def used(rows: Rows, calls: int, back: int = 0, route: Route | None = None) -> None:
    CallUsage.everywhere.create(
        tenant=rows.tenant,
        connection=rows.back,
        route=route,
        hour=hour(back),
        calls=calls,
    )


def window(rows: Rows, **more: Any) -> CallBudget:
    values = {
        "platform": "crystal",
        "account": rows.back.account,
        "window": 86_400_000,
        "allowed": 5_000,
        "reserve": 500,
        "slots": [[timezone.now().timestamp() - 60, 4_550]],
    }
    return CallBudget.objects.create(**{**values, **more})


def looked(rows: Rows, calls: int) -> None:
    for number in range(3):
        Run.everywhere.create(
            tenant=rows.tenant,
            connection=rows.back,
            stream="products",
            selection={"type": "Changed", "since": None},
            selection_key=str(number),
            cause="schedule",
            state=RunState.DONE,
            calls=calls,
            ended_at=timezone.now(),
        )


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def of(rows: Rows, at: At, name: str = "budget") -> str:
    return f"{at(name)}?connection={rows.back.pk}"


def test_a_window_tells_what_is_spent_kept_and_when_it_runs_out(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    window(rows)
    used(rows, 400, back=0)
    used(rows, 400, back=23)
    page = text(shop_owner, of(rows, at))
    for told in ("4,550", "of 5,000", "500 kept for sales", "In 1 day"):
        assert told in page, told
    CallBudget.objects.update(resets_at=timezone.now() + timedelta(minutes=9))
    assert "Shut by the platform" in text(shop_owner, of(rows, at))


def test_the_chart_and_the_table_say_the_same(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    window(rows)
    used(rows, 30, back=1)
    used(rows, 12, back=1, route=rows.route)
    used(rows, 5, back=47, route=rows.route)
    # Too long ago for the chart.
    used(rows, 99, back=48)
    told = shop_owner.get(of(rows, at, "budget_hours")).json()
    assert len(told["hours"]) == 48
    assert told["hours"][-1] == int(hour().timestamp())
    calls = {each["name"]: each["calls"] for each in told["series"]}
    assert calls.pop("Reading and upkeep")[-2] == 30
    [of_route] = calls.values()
    assert (of_route[-2], of_route[0], sum(of_route)) == (12, 5, 17)
    assert told["even"] == 5_000 // 24
    shown = shop_owner.get(of(rows, at)).context["hours"].rows
    assert [row[1:] for row in shown] == [(42, [30, 12]), (5, [0, 5])]


def test_slowing_down_is_asked_about_stored_and_audited(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    looked(rows, calls=4)
    page = text(shop_owner, of(rows, at))
    assert "Slow to every 4 hours" in page
    # Half of 360 looks a month, at four calls each.
    assert "720" in page
    url = at("budget_slow", rows.route.pk)
    assert "It saves about 720 calls a month." in text(shop_owner, url)
    assert Route.everywhere.get(pk=rows.route.pk).every == 7200
    # Another answer than to this question changes nothing.
    shop_owner.post(url, {"every": "60"})
    assert Route.everywhere.get(pk=rows.route.pk).every == 7200
    shop_owner.post(url, {"every": "14400"})
    assert Route.everywhere.get(pk=rows.route.pk).every == 14_400
    event = AuditEvent.everywhere.get(verb="route_changed")
    assert (event.before["every"], event.after["every"]) == (7200, 14_400)


def test_a_viewer_sees_what_could_be_saved_and_slows_nothing(
    looker: Client, rows: Rows, at: At
) -> None:
    looked(rows, calls=4)
    assert "Slow to" not in text(looker, of(rows, at))
    url = at("budget_slow", rows.route.pk)
    assert looker.post(url, {"every": "14400"}).status_code == 403
    assert Route.everywhere.get(pk=rows.route.pk).every == 7200


def test_what_was_not_used_yet_says_which_kind_of_empty(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    page = text(shop_owner, of(rows, at))
    assert "No call was made yet" in page
    assert "No call in the last 48 hours" in page
    assert "Nothing worth naming" in page


def test_a_connection_that_is_no_number_is_not_there(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    for asked in ("x", "9" * 40, "0"):
        answer = shop_owner.get(at("budget"), {"connection": asked})
        assert answer.status_code == 404


def test_the_page_costs_the_same_for_a_few_rows_of_usage_and_for_many(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    window(rows)
    used(rows, 30, back=1)

    def cost() -> int:
        with CaptureQueriesContext(database) as asked:
            text(shop_owner, of(rows, at))
        return len(asked)

    few = cost()
    routes = [rows.routes() for _ in range(5)]
    CallUsage.everywhere.bulk_create(
        CallUsage(
            tenant=rows.tenant,
            connection=rows.back,
            route=route,
            hour=hour(back),
            calls=2,
        )
        for route in routes
        for back in range(200)
    )
    assert cost() == few
