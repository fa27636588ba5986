"""Every operation of the API, taken from its schema, with another merchant's ids.

One that no case is written for fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from integration.models import DeliveryState, Tenant
from synclog.models import ErrorState, Retry, SyncError, SyncLog
from tests.admin.rows import Rows
from tests.api.described import Operation, operations
from tests.api.program import Program, problem

NOON = "2026-05-01T12:00:00Z"
Made = Callable[[Rows], Any]


def _log(rows: Rows) -> Any:
    SyncLog.everywhere.create(
        tenant=rows.tenant,
        connection=rows.back,
        data_type="product",
        started_at=NOON,
    )
    return rows.back


# By the first part of an address: makes a row of Acme's that its ids may stand for.
ROWS: dict[str, Made] = {
    "audit": Rows.audits,
    "connections": lambda rows: rows.shop,
    "deliveries": lambda rows: rows.deliveries(
        state=DeliveryState.REFUSED, frozen=None
    ),
    "errors": Rows.errors,
    "lookups": Rows.lookups,
    "records": Rows.records,
    "retries": lambda rows: Retry.everywhere.create(tenant=rows.tenant),
    "routes": lambda rows: rows.route,
    "runs": Rows.runs,
    "sync-log": _log,
    "usage": Rows.usages,
    "webhook-events": Rows.events,
}
ONE = {"kind": "product", "external_id": "1"}
# What the writes on one thing are sent.
BODIES: dict[str, Any] = {
    "POST /api/v1/connections/{uid}/full-sync/": {"resend": False},
    "POST /api/v1/connections/{uid}/sync/": ONE,
    "POST /api/v1/deliveries/{id}/retry/": None,
    "POST /api/v1/errors/{id}/ignore/": None,
    "POST /api/v1/errors/{id}/resolve/": None,
    "POST /api/v1/errors/{id}/retry/": None,
    "POST /api/v1/records/{uid}/sync/": None,
    "POST /api/v1/retries/{id}/cancel/": None,
    "POST /api/v1/routes/{id}/full-sync/": {"resend": True},
    "POST /api/v1/runs/{id}/cancel/": None,
    "POST /api/v1/webhook-events/{id}/replay/": None,
    "DELETE /api/v1/sync-log/{connection}/": None,
    "PUT /api/v1/sync-log/{connection}/{kind}/": {"started_full_sync": NOON},
    "PATCH /api/v1/sync-log/{connection}/{kind}/": {"resolved": ["1"]},
}
# Writes on many things, which name none in their address.
MANY = {f"POST /api/v1/errors/{verb}/" for verb in ("retry", "ignore", "resolve")}


@pytest.fixture
def theirs(beta: Tenant) -> Program:
    """A program of Beta's that may do everything."""
    return Program.of(beta)


def all_operations() -> dict[str, Operation]:
    return {each.name: each for each in operations()}


def resource(path: str) -> str:
    return path.split("/")[3]


def address(path: str, row: Any) -> str:
    """The path with the ids of a row."""
    values = {"id": row.pk, "uid": getattr(row, "uid", ""), "kind": "product"}
    values["connection"] = values["uid"]
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), path)


def test_every_operation_has_a_case(db: None) -> None:
    found = all_operations()
    assert len(found) > 35
    assert {resource(each.path) for each in found.values()} == set(ROWS)
    writes = {name for name, each in found.items() if each.method != "get"}
    assert writes == {*BODIES, *MANY}


def test_another_merchant_s_ids_are_not_there_whatever_is_asked(
    rows: Rows, program: Program, theirs: Program
) -> None:
    asked = 0
    for name, each in all_operations().items():
        if "{" not in each.path:
            continue
        where = address(each.path, ROWS[resource(each.path)](rows))
        answer = theirs.ask(each.method, where, BODIES.get(name))
        problem(answer, 404, "not-found")
        # Whose it is gets an answer, so the address is a real one.
        own = program.ask(each.method, where, BODIES.get(name))
        assert own.status_code in (200, 201, 202, 204, 409), (name, own.content)
        SyncLog.everywhere.all().delete()
        asked += 1
    assert asked > 25


def test_lists_hold_one_s_own_rows_alone(
    rows: Rows, program: Program, theirs: Program
) -> None:
    asked = 0
    for each in all_operations().values():
        if "{" in each.path or each.method != "get":
            continue
        ROWS[resource(each.path)](rows)
        assert program.get(each.path)["results"], each.path
        answer = theirs.get(each.path)
        # Beta's key was issued, which its own audit tells.
        rest = [row for row in answer["results"] if row.get("verb") != "key_issued"]
        assert rest == [], each.path
        asked += 1
    assert asked == len(ROWS) - 1


def test_a_filter_by_another_merchant_s_ids_finds_nothing(
    rows: Rows, theirs: Program
) -> None:
    """Every filter that takes an id, with one of Acme's."""
    record, run = rows.records(), rows.runs()
    ids = {
        "connection": rows.shop.uid,
        "source": rows.back.uid,
        "target": rows.shop.uid,
        "record": record.uid,
        "route": rows.route.pk,
        "retry": Retry.everywhere.create(tenant=rows.tenant).pk,
        "external_id": record.links.get().external_id,
        "key": record.match_keys.get().value,
    }
    asked = 0
    for each in all_operations().values():
        for parameter in each.told.get("parameters", ()):
            if parameter["in"] != "query" or parameter["name"] not in ids:
                continue
            page = theirs.ask(
                "get",
                re.sub(r"\{\w+\}", str(run.pk), each.path)
                + f"?{parameter['name']}={ids[parameter['name']]}",
            )
            assert page.json()["results"] == [], (each.path, parameter["name"])
            asked += 1
    assert asked > 10


@pytest.mark.parametrize("name", sorted(MANY))
def test_a_deed_on_many_reaches_no_other_merchant(
    rows: Rows, program: Program, theirs: Program, name: str
) -> None:
    error = rows.errors()
    path = name.removeprefix("POST ")
    for filters in ({}, {"ids": [error.pk]}, {"code": error.code}):
        answer = theirs.ask("post", path, {"filters": filters})
        assert answer.json().get("total", answer.json().get("count")) == 0
    answer = theirs.ask("post", path, {"filters": {"connection": str(rows.shop.uid)}})
    assert problem(answer, 400)["errors"][0]["field"] == "filters.connection"
    error.refresh_from_db()
    assert (error.state, error.retry_id) == (ErrorState.OPEN, None)
    mine = program.ask("post", path, {"filters": {}})
    assert mine.json().get("total", mine.json().get("count")) == 1
    assert SyncError.everywhere.count() == 1
