"""New rows past the objects: the same rows as the ORM would have written."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.models import Connection, Link, Record, Sighting, Tenant, bulk

LINK = ("kind", "external_id", "record_id", "data", "digest")
RECORD = ("id", "uid", "kind", "label", "parent_id", "revision")
AWKWARD = 'tab\tline\nback\\slash "quote" \\N ünï 中 \x7f'


@pytest.fixture
def shop(db: None) -> Connection:
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    return Connection.everywhere.create(
        tenant=tenant, platform="crystal", account="a", label="A"
    )


def whose(shop: Connection) -> dict[str, Any]:
    return {"tenant_id": shop.tenant_id, "connection_id": shop.pk}


def record(shop: Connection) -> Record:
    return Record.everywhere.create(tenant=shop.tenant, kind="product", label="Mug")


def test_a_row_is_what_the_orm_would_have_written(shop: Connection) -> None:
    mug, cup = record(shop), record(shop)
    given = ("product", AWKWARD, mug.pk, b"\x00\xff\\x41", None)
    bulk.insert(Link, LINK, [given], **whose(shop))
    Link.everywhere.bulk_create(
        [
            Link(
                **dict(
                    zip(LINK, (*given[:1], "other", cup.pk, *given[3:]), strict=True)
                ),
                **whose(shop),
            )
        ]
    )
    mine, theirs = Link.everywhere.order_by("pk")
    assert mine.external_id == AWKWARD
    assert bytes(mine.data) == given[3]
    own = {"id", "external_id", "record"}
    assert {k: v for k, v in model_to_dict(mine).items() if k not in own} == {
        k: v for k, v in model_to_dict(theirs).items() if k not in own
    }
    assert mine.handles == theirs.handles == {}
    assert mine.sent == theirs.sent == {}


def test_times_and_numbers_keep_every_digit(shop: Connection) -> None:
    now = timezone.now()
    columns = ("external_id", "raw_digest", "map_digest", "version", "body")
    same = {**whose(shop), "stream": "products", "seen_at": now}
    bulk.insert(Sighting, columns, [("1", b"r" * 16, None, "", b"")], **same)
    seen = Sighting.everywhere.get()
    assert seen.seen_at == now
    assert (seen.missed, seen.gone_at, seen.map_digest) == (0, None, None)


def test_reserved_keys_are_nobody_elses(shop: Connection) -> None:
    before = record(shop)
    with transaction.atomic():
        keys = list(bulk.reserve(Record, 3))
        rows = [(key, uuid.uuid4(), "product", "New", None, key) for key in keys]
        bulk.insert(Record, RECORD, rows, tenant_id=shop.tenant_id)
    after = record(shop)
    assert len({before.pk, *keys, after.pk}) == 5
    assert sorted(Record.everywhere.values_list("pk", flat=True)) == sorted(
        [before.pk, *keys, after.pk]
    )


def test_the_first_keys_of_an_empty_table(shop: Connection) -> None:
    with transaction.atomic():
        first, second = bulk.reserve(Record, 2)
        rows = [(key, uuid.uuid4(), "product", "", None, 1) for key in (first, second)]
        bulk.insert(Record, RECORD, rows, tenant_id=shop.tenant_id)
    assert record(shop).pk not in (first, second)


def test_a_row_that_is_there_already_is_told(shop: Connection) -> None:
    mug = record(shop)
    row = ("product", "1", mug.pk, None, None)
    bulk.insert(Link, LINK, [row], **whose(shop))
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Link, LINK, [row], **whose(shop))
    assert Link.everywhere.count() == 1


def test_rows_are_in_place_when_the_block_ends(shop: Connection) -> None:
    mug = record(shop)
    rows = [("product", str(n), mug.pk, None, None) for n in range(1)]
    with transaction.atomic():
        with bulk.sending(Link, LINK, rows, **whose(shop)):
            prepared = [*rows]
        assert Link.everywhere.count() == len(prepared)


def test_nothing_to_write_costs_nothing(shop: Connection) -> None:
    with CaptureQueriesContext(connection) as asked:
        bulk.insert(Link, LINK, [], **whose(shop))
    assert not asked.captured_queries


def test_among_finds_what_in_finds(shop: Connection) -> None:
    mug = record(shop)
    for kind in ("product", "stock"):
        Link.everywhere.create(
            kind=kind, external_id=f"{kind} ü'\"{{}},", record=mug, **whose(shop)
        )
    ids = [link.external_id for link in Link.everywhere.all()]
    chosen = Link.everywhere.filter(external_id__among=[*ids[:1], "none", "a,b"])
    assert [link.external_id for link in chosen] == ids[:1]
    assert Link.everywhere.filter(pk__among=[mug.pk + 1_000_000]).count() == 0
    assert Link.everywhere.filter(external_id__among=[]).count() == 0
