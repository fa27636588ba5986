"""The sync log as it is reported to: begun, told bit by bit, ended, cleared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from integration.models import Link
from synclog.models import ErrorState, SyncError, SyncLog
from tests.admin.rows import Rows
from tests.api.program import Program, problem

NOON = "2026-05-01T12:00:00Z"
EARLIER = "2026-04-30T06:00:00Z"


def path(rows: Rows, kind: str = "product") -> str:
    return f"/sync-log/{rows.shop.uid}/{kind}/"


def wrong(external_id: str, code: str = "no_sku", **more: str) -> dict[str, str]:
    return {
        "external_id": external_id,
        "code": code,
        "message": "It has no SKU.",
        **more,
    }


def standing(program: Program, where: str) -> list[tuple[str, str]]:
    found = program.get(f"{where}errors/")["results"]
    return [(row["external_id"], row["code"]) for row in found]


def test_a_full_sync_is_reported_from_beginning_to_end(
    rows: Rows, program: Program
) -> None:
    where = path(rows)
    problem(program.ask("get", where), 404)
    problem(program.ask("get", f"{where}errors/"), 404)
    told = problem(program.ask("patch", where, {"errors": [wrong("1")]}), 404)
    assert "PUT" in told["hint"]
    with time_machine.travel(NOON, tick=False):
        begin = {
            "started_full_sync": NOON,
            "last_full_sync": EARLIER,
            "errors": [wrong("1"), wrong("2")],
        }
        answer = program.ask("put", where, begin)
        assert answer.status_code == 201
        assert answer.json() == {
            "kind": "product",
            "started_full_sync": NOON,
            "last_full_sync": EARLIER,
            "last_partial_sync": None,
            "error_count": 2,
        }
    with time_machine.travel("2026-05-01T12:30:00Z", tick=False):
        more = {"errors": [wrong("3", field="sku")], "resolved": ["1", "99"]}
        answer = program.ask("patch", where, more)
        assert (answer.status_code, answer.json()["error_count"]) == (200, 2)
        assert standing(program, where) == [("2", "no_sku"), ("3", "no_sku")]
        # A later problem of one thing takes the place of the former.
        program.ask("patch", where, {"errors": [wrong("2", "no_price")]})
        assert standing(program, where) == [("3", "no_sku"), ("2", "no_price")]
        ended = program.ask("patch", where, {"last_full_sync": "2026-05-01T12:29:00Z"})
        assert ended.json()["last_full_sync"] == "2026-05-01T12:29:00Z"
        assert ended.json()["last_partial_sync"] is None
        assert ended.json()["error_count"] == 2
        # What comes after the end is a partial sync.
        after = program.ask("patch", where, {"resolved": ["2", "3"]})
        assert after.json()["last_partial_sync"] == "2026-05-01T12:30:00Z"
        assert after.json()["error_count"] == 0
    assert set(SyncError.everywhere.values_list("state", flat=True)) == {
        ErrorState.RESOLVED
    }


def test_another_beginning_clears_what_was_told_and_what_it_leaves_out(
    rows: Rows, program: Program
) -> None:
    where = path(rows)
    first = {"started_full_sync": EARLIER, "last_full_sync": EARLIER}
    program.ask("put", where, {**first, "errors": [wrong("1")]})
    other = path(rows, "customer")
    program.ask("put", other, {**first, "errors": [wrong("1")]})
    answer = program.ask("put", where, {"started_full_sync": NOON})
    assert answer.status_code == 200
    assert answer.json()["last_full_sync"] is None
    assert answer.json()["error_count"] == 0
    assert program.get(other)["error_count"] == 1


def test_what_weft_found_by_itself_is_not_touched(rows: Rows, program: Program) -> None:
    own = rows.errors(external_id="1")
    where = path(rows)
    program.ask("put", where, {"started_full_sync": NOON, "errors": [wrong("1")]})
    program.ask("patch", where, {"resolved": ["1"]})
    program.ask("delete", f"/sync-log/{rows.shop.uid}/")
    own.refresh_from_db()
    assert own.state == ErrorState.OPEN


def test_the_same_problem_is_counted_and_stays_ignored(
    rows: Rows, program: Program
) -> None:
    where = path(rows)
    program.ask("put", where, {"started_full_sync": NOON, "errors": [wrong("1")]})
    [error] = SyncError.everywhere.all()
    program.ask("post", f"/errors/{error.pk}/ignore/")
    program.ask("patch", where, {"errors": [wrong("1")]})
    [error] = SyncError.everywhere.all()
    assert (error.count, error.state) == (2, ErrorState.IGNORED)


def test_a_reported_thing_is_known_by_its_record(rows: Rows, program: Program) -> None:
    record = rows.records()
    link = Link.everywhere.get(record=record)
    Link.everywhere.filter(pk=link.pk).update(external_id="1")
    body = {"started_full_sync": NOON, "errors": [wrong("1")]}
    program.ask("put", path(rows), body)
    [row] = program.get("/errors/")["results"]
    assert (row["record"], row["code"]) == (str(record.uid), "reported:no_sku")


def test_leaving_clears_the_logs_of_all_kinds(rows: Rows, program: Program) -> None:
    begin = {"started_full_sync": NOON, "errors": [wrong("1")]}
    for kind in ("product", "customer"):
        program.ask("put", path(rows, kind), begin)
    for _ in range(2):
        answer = program.ask("delete", f"/sync-log/{rows.shop.uid}/")
        assert (answer.status_code, answer.content) == (204, b"")
    problem(program.ask("get", path(rows)), 404)
    assert not SyncLog.everywhere.exists()
    assert not SyncError.everywhere.exclude(state=ErrorState.RESOLVED).exists()


@pytest.mark.parametrize(
    ("method", "body", "fields"),
    [
        ("put", {}, ["started_full_sync"]),
        ("put", {"started_full_sync": "yesterday"}, ["started_full_sync"]),
        ("put", {"started_full_sync": "9999-01-01T00:00:00Z"}, ["started_full_sync"]),
        (
            "put",
            {
                "started_full_sync": NOON,
                "errors": [wrong("1"), wrong("2"), wrong("1", "other")],
            },
            ["errors[2].external_id"],
        ),
        ("patch", {"errors": [wrong("1"), wrong("1")]}, ["errors[1].external_id"]),
        ("patch", {"errors": [wrong("1")], "resolved": ["2", "1"]}, ["resolved[1]"]),
        ("patch", {"errors": [{"external_id": "1"}]}, ["errors[0].message"]),
        ("patch", {"errors": [wrong("1", "x y")]}, ["errors[0].code"]),
        ("patch", {"errors": [wrong("1", why="x")]}, ["errors[0].why"]),
        ("patch", {"last_fullsync": NOON}, ["last_fullsync"]),
        ("patch", {"started_full_sync": NOON}, ["started_full_sync"]),
        ("patch", {"resolved": ["x"] * 5_001}, ["resolved"]),
        ("patch", {"errors": [wrong(str(n)) for n in range(5_001)]}, ["errors"]),
    ],
)
def test_a_report_that_cannot_be_is_refused_by_its_field(
    rows: Rows, program: Program, method: str, body: Any, fields: list[str]
) -> None:
    program.ask("put", path(rows), {"started_full_sync": EARLIER})
    told = problem(program.ask(method, path(rows), body), 400, "invalid")
    assert [row["field"] for row in told["errors"]] == fields
    assert program.get(path(rows))["error_count"] == 0


def test_a_kind_that_is_none_is_404(rows: Rows, program: Program) -> None:
    body = {"started_full_sync": NOON}
    problem(program.ask("put", path(rows, "gadget"), body), 404)


def test_five_thousand_problems_are_one_report(rows: Rows, program: Program) -> None:
    errors = [wrong(str(n)) for n in range(5_000)]
    body = {"started_full_sync": NOON, "errors": errors}
    answer = program.ask("put", path(rows), body)
    assert answer.json()["error_count"] == 5_000
    seen = [len(page) for page in program.walk(f"{path(rows)}errors/?limit=200")]
    assert sum(seen) == 5_000
    solved = {"resolved": [str(n) for n in range(5_000)]}
    assert program.ask("patch", path(rows), solved).json()["error_count"] == 0


def test_an_end_is_never_set_back(rows: Rows, program: Program) -> None:
    now = timezone.now()
    program.ask("put", path(rows), {"started_full_sync": EARLIER})
    for at in (now, now - timedelta(days=1)):
        body = {"last_full_sync": at.isoformat()}
        answer = program.ask("patch", path(rows), body)
        assert answer.status_code == 200
    assert SyncLog.everywhere.get().last_full_at == now
