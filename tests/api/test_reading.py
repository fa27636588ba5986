"""What is read: page by page, filtered, unchanged told as such, secrets never."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.canonical import codec
from integration.canonical.catalog import Price
from integration.canonical.kinds import Kind
from integration.canonical.values import Money, Ref
from integration.models import Link, MatchKey, Record
from synclog.models import Retry, SyncError
from tests.admin.rows import BODY, CANARY, Rows
from tests.api.program import Program, problem

LISTS: dict[str, Callable[[Rows], Any]] = {
    "/connections/": Rows.connections,
    "/routes/": Rows.routes,
    "/records/": Rows.records,
    "/records/?data=true": Rows.records,
    "/runs/": Rows.runs,
    "/deliveries/": Rows.deliveries,
    "/errors/": Rows.errors,
    "/retries/": lambda rows: Retry.everywhere.create(tenant=rows.tenant),
    "/webhook-events/": Rows.events,
    "/usage/": Rows.usages,
    "/lookups/": Rows.lookups,
    "/audit/": Rows.audits,
}


def things(rows: Rows, many: int) -> list[Record]:
    """Records with revisions of their own, as the engine numbers them."""
    return [
        Record.everywhere.create(
            tenant=rows.tenant, kind="product", label=f"Mug {n}", revision=n
        )
        for n in range(1, many + 1)
    ]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_costs_the_same_for_any_number_of_rows(
    path: str, rows: Rows, program: Program
) -> None:
    counts = []
    for many in (2, 30):
        for _ in range(many):
            LISTS[path](rows)
        program.get(path)
        with CaptureQueriesContext(connection) as queries:
            page = program.get(path)
        counts.append(len(queries))
    assert len(page["results"]) >= 30
    assert counts[0] == counts[1], [query["sql"] for query in queries]
    # Four of them let the key in and count its call.
    assert counts[0] <= 8


@pytest.mark.parametrize("path", LISTS)
def test_nothing_read_holds_a_secret(path: str, rows: Rows, program: Program) -> None:
    row = LISTS[path](rows)
    for name in ("errors", "targets", "events", "deliveries"):
        getattr(rows, name)()
    rows.deliveries(payload=zlib.compress(BODY), frozen=None)
    listed = program.ask("get", path)
    assert CANARY not in listed.content.decode()
    base = path.partition("?")[0]
    name = getattr(row, "uid", row.pk)
    if base != "/usage/":
        one = program.ask("get", f"{base}{name}/?data=true")
        assert one.status_code == 200, one.content
        assert CANARY not in one.content.decode()


def test_payloads_and_bodies_are_shown_masked(rows: Rows, program: Program) -> None:
    delivery = rows.deliveries(payload=zlib.compress(BODY), frozen=None)
    shown = program.get(f"/deliveries/{delivery.pk}/")["payload"]
    assert (shown["name"], shown["api_token"]) == ("Mug", "***")
    event = program.get(f"/webhook-events/{rows.events().pk}/")
    assert event["body"]["name"] == "Mug"
    assert event["headers"]["x-token"] == "***"
    for body in (b"no json", b"[" * 100_000, b'{"a": "' + b"x" * 600_000 + b'"}'):
        event = rows.events()
        type(event).everywhere.filter(pk=event.pk).update(body=body)
        assert program.get(f"/webhook-events/{event.pk}/")["body"] is None


def test_a_walk_sees_every_row_once_though_rows_come_and_go(
    rows: Rows, program: Program
) -> None:
    made = [rows.errors().pk for _ in range(7)]
    seen: list[int] = []
    for place, page in enumerate(program.walk("/errors/?limit=3")):
        assert len(page) == (3, 3, 1)[place]
        seen += [row["id"] for row in page]
        rows.errors()
        if place == 0:
            # The very row the next page begins after.
            SyncError.everywhere.filter(pk=seen[-1]).delete()
    assert seen == made[::-1]


def test_records_are_walked_in_the_order_they_changed(
    rows: Rows, program: Program
) -> None:
    made = things(rows, 5)
    gone, twin = made[1], made[3]
    gone.gone_at = timezone.now()
    gone.revision = 7
    gone.save()
    twin.merged_into = made[4]
    # Rows that were never numbered share a number: none is lost between pages.
    twin.revision = made[0].revision = 6
    twin.save()
    made[0].save()
    pages = list(program.walk("/records/?limit=1&kind=product&revision_gt=2"))
    found = [page[0] for page in pages]
    assert [(row["revision"], row["label"]) for row in found] == [
        (3, "Mug 3"),
        (5, "Mug 5"),
        (6, "Mug 1"),
        (6, "Mug 4"),
        (7, "Mug 2"),
    ]
    assert found[3]["merged_into"] == str(made[4].uid)
    assert found[4]["gone_at"] is not None
    assert program.get("/records/?revision_gt=7")["results"] == []


def test_records_are_found_by_key_and_by_any_platform_s_id(
    rows: Rows, program: Program
) -> None:
    wanted, other = things(rows, 2)
    MatchKey.everywhere.create(
        tenant=rows.tenant,
        record=wanted,
        connection=rows.back,
        kind="product",
        name="sku",
        value="mug-1",
    )
    for place, record in ((rows.back, wanted), (rows.shop, other)):
        Link.everywhere.create(
            tenant=rows.tenant,
            record=record,
            connection=place,
            kind="product",
            external_id="11",
        )

    def labels(query: str) -> list[str]:
        found = program.get(f"/records/?{query}")["results"]
        return [row["label"] for row in found]

    assert labels("key=%20MUG-1") == ["Mug 1"]
    assert labels("external_id=11") == ["Mug 1", "Mug 2"]
    assert labels(f"external_id=11&connection={rows.back.uid}") == ["Mug 1"]
    assert labels(f"connection={rows.shop.uid}") == ["Mug 2"]
    assert labels("kind=order&external_id=11") == []
    assert labels("gone=true") == []
    assert len(labels("gone=false")) == 2


def test_what_a_platform_says_is_told_on_request_money_with_its_currency(
    rows: Rows, program: Program
) -> None:
    [record] = things(rows, 1)
    price = Price(
        external_id="7",
        variant=Ref(Kind.VARIANT, "1"),
        money=Money(Decimal("12.90"), "EUR"),
    )
    Link.everywhere.create(
        tenant=rows.tenant,
        record=record,
        connection=rows.shop,
        kind="price",
        external_id="7",
        data=codec.encode(price),
    )
    path = f"/records/{record.uid}/"
    [link] = program.get(f"{path}?data=true")["links"]
    assert link["data"]["money"] == {"amount": "12.90", "currency": "EUR"}
    assert link["connection"] == str(rows.shop.uid)
    assert program.get(path)["links"][0]["data"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=1", "cursor"),
        ("cursor=9999999999999999999.1", "cursor"),
        ("kind=gadget", "kind"),
        ("revision_gt=-1", "revision_gt"),
        ("revision_gt=99999999999999999999", "revision_gt"),
        ("connection=7", "connection"),
        ("data=maybe", "data"),
        ("key=%00", "key"),
        ("colour=red", "colour"),
    ],
)
def test_a_parameter_that_means_nothing_is_named(
    program: Program, query: str, field: str
) -> None:
    told = problem(program.ask("get", f"/records/?{query}"), 400, "invalid")
    assert [row["field"] for row in told["errors"]] == [field]


def test_an_unchanged_answer_is_not_sent_again(rows: Rows, program: Program) -> None:
    [record] = things(rows, 1)
    path = f"/records/{record.uid}/"
    first = program.ask("get", path)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    assert "private" in first.headers["Cache-Control"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = program.ask("get", path, If_None_Match=known)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["RateLimit"]
    Record.everywhere.filter(pk=record.pk).update(label="Cup")
    answer = program.ask("get", path, If_None_Match=tag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    assert "ETag" not in program.ask("get", "/records/none/").headers


def test_usage_and_forecast_are_told(rows: Rows, program: Program) -> None:
    rows.usages()
    since = (timezone.now() - timedelta(hours=2)).isoformat().replace("+", "%2B")
    [row] = program.get(f"/usage/?since={since}&route={rows.route.pk}")["results"]
    assert (row["calls"], row["connection"]) == (7, str(rows.shop.uid))
    told = program.get(f"/connections/{rows.shop.uid}/forecast/")
    assert set(told) == {"windows", "used", "month", "savings"}
    assert told["used"][0]["route"] == rows.route.pk
