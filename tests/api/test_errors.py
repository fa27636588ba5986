"""Problems are tried again, ignored and solved, one by one and by filter."""

from __future__ import annotations

from integration.models import DeliveryState
from synclog.models import ErrorState, SyncError
from tests.admin.rows import Rows
from tests.api.program import Program, problem


def refused(rows: Rows, code: str) -> SyncError:
    """A problem of a write that was refused."""
    delivery = rows.deliveries(state=DeliveryState.REFUSED, frozen=None)
    return rows.errors(delivery=delivery, record=delivery.record, code=code, run=None)


def test_all_problems_of_a_filter_are_tried_again_and_watched(
    rows: Rows, program: Program
) -> None:
    mine = [refused(rows, "bad_price") for _ in range(3)]
    other = refused(rows, "no_image")
    body = {"filters": {"code": "bad_price", "connection": str(rows.shop.uid)}}
    begun = program.ask("post", "/errors/retry/", body)
    assert begun.status_code == 202
    where = begun.headers["Location"]
    told = program.get(where)
    assert told["total"] == 3
    assert told["progress"]["waiting"] == 3
    for error in (*mine, other):
        error.delivery.refresh_from_db()
    assert {each.delivery.state for each in mine} == {DeliveryState.PLANNED}
    assert other.delivery.state == DeliveryState.REFUSED
    # One succeeds meanwhile.
    SyncError.everywhere.filter(pk=mine[0].pk).update(
        state=ErrorState.RESOLVED, resolved_by="sync"
    )
    progress = program.get(where)["progress"]
    assert (progress["succeeded"], progress["waiting"]) == (1, 2)
    retry = told["id"]
    assert len(program.get(f"/errors/?retry={retry}")["results"]) == 3
    cancelled = program.ask("post", f"{where}cancel/")
    assert cancelled.status_code == 200
    assert cancelled.json()["progress"]["cancelled"] == 2
    problem(program.ask("post", f"{where}cancel/"), 409)


def test_one_problem_is_tried_again(rows: Rows, program: Program) -> None:
    error = refused(rows, "bad_price")
    answer = program.ask("post", f"/errors/{error.pk}/retry/")
    assert answer.status_code == 202
    assert answer.json()["total"] == 1
    error.delivery.refresh_from_db()
    assert error.delivery.state == DeliveryState.PLANNED
    setting = rows.errors(kind="setting", code="fact_changed", run=None)
    problem(program.ask("post", f"/errors/{setting.pk}/retry/"), 409)


def test_problems_are_ignored_and_solved_by_filter_and_no_others(
    rows: Rows, program: Program
) -> None:
    chosen = [rows.errors(code="bad_price") for _ in range(3)]
    other = rows.errors()
    body = {"filters": {"ids": [each.pk for each in chosen]}}
    answer = program.ask("post", "/errors/ignore/", body)
    assert answer.json() == {"count": 3, "more": False}
    assert program.ask("post", "/errors/ignore/", body).json()["count"] == 0
    answer = program.ask("post", "/errors/resolve/", body)
    assert answer.json()["count"] == 3
    other.refresh_from_db()
    assert other.state == ErrorState.OPEN
    rows_left = program.get("/errors/?state=open")["results"]
    assert [row["id"] for row in rows_left] == [other.pk]


def test_one_problem_is_ignored_and_solved_once(rows: Rows, program: Program) -> None:
    error = rows.errors()
    for verb, state in (("ignore", "ignored"), ("resolve", "resolved")):
        answer = program.ask("post", f"/errors/{error.pk}/{verb}/")
        assert answer.json()["state"] == state
        problem(program.ask("post", f"/errors/{error.pk}/{verb}/"), 409)


def test_a_delivery_is_tried_again_where_there_is_anything_to_try(
    rows: Rows, program: Program
) -> None:
    error = refused(rows, "bad_price")
    path = f"/deliveries/{error.delivery_id}/retry/"
    answer = program.ask("post", path)
    assert (answer.status_code, answer.json()["state"]) == (202, "planned")
    done = rows.deliveries(state=DeliveryState.DONE)
    problem(program.ask("post", f"/deliveries/{done.pk}/retry/"), 409)


def test_reads_are_asked_for_and_stopped(rows: Rows, program: Program) -> None:
    body = {"resend": True}
    answer = program.ask("post", f"/routes/{rows.route.pk}/full-sync/", body)
    assert answer.status_code == 202
    runs = answer.json()["runs"]
    assert runs
    assert all(run["everything"] and run["state"] == "queued" for run in runs)
    again = program.ask("post", f"/routes/{rows.route.pk}/full-sync/", body)
    assert [run["id"] for run in again.json()["runs"]] == [run["id"] for run in runs]
    path = f"/runs/{runs[0]['id']}/cancel/"
    assert program.ask("post", path).json()["state"] == "cancelled"
    problem(program.ask("post", path), 409)
    whole = program.ask("post", f"/connections/{rows.back.uid}/full-sync/", {})
    assert whole.status_code == 202
    record = rows.records()
    [run] = program.ask("post", f"/records/{record.uid}/sync/").json()["runs"]
    assert run["connection"] == str(rows.shop.uid)
    one = {"kind": "product", "external_id": "77"}
    answer = program.ask("post", f"/connections/{rows.shop.uid}/sync/", one)
    assert len(answer.json()["runs"]) == 1


def test_an_event_is_replayed(rows: Rows, program: Program) -> None:
    event = rows.events()
    type(event).everywhere.filter(pk=event.pk).update(state="processed")
    answer = program.ask("post", f"/webhook-events/{event.pk}/replay/")
    assert (answer.status_code, answer.json()["state"]) == (202, "received")
