"""What staff may edit: merchants, routes, rows of field maps, a connection's label."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integration.models import Connection, Override, Route, Run, Tenant
from synclog.models import AuditEvent
from tests.admin.rows import Rows


def add(model: str) -> str:
    return reverse(f"admin:integration_{model}_add")


def change(model: str, key: int) -> str:
    return reverse(f"admin:integration_{model}_change", args=[key])


def route(rows: Rows, **more: Any) -> dict[str, Any]:
    return {
        "tenant": rows.tenant.pk,
        "kind": "stock",
        "source": rows.back.pk,
        "target": rows.shop.pk,
        "policy": "overwrite",
        "missing": "create",
        "every": 7200,
        "on_drift": "leave",
        "enabled": "on",
        "match": "[]",
        "filters": "{}",
        "initial-match": "[]",
        "initial-filters": "{}",
        **more,
    }


def test_a_route_is_laid_and_noted(rows: Rows, staff: Client) -> None:
    answer = staff.post(add("route"), route(rows))
    assert answer.status_code == 302
    made = Route.everywhere.get(kind="stock")
    assert (made.source, made.target) == (rows.back, rows.shop)
    event = AuditEvent.everywhere.get()
    assert (event.actor, event.verb) == ("boss", "added")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "product"}, "already sends its product there"),
        ({"kind": "product", "source": "shop", "target": "back"}, "takes no product"),
        ({"kind": "order"}, "gives no order"),
        ({"kind": "setting"}, "Select a valid choice"),
        ({"filters": '["processing"]'}, "Filters name a kind"),
        ({"filters": '{"order_status": "processing"}'}, "Filters name a kind"),
        ({"match": '{"sku": 1}'}, "A list of keys"),
    ],
)
def test_a_route_that_cannot_work_is_refused_with_the_reason(
    given: dict[str, str], said: str, rows: Rows, staff: Client
) -> None:
    ends = given.keys() & {"source", "target"}
    given = {**given, **{end: getattr(rows, given[end]).pk for end in ends}}
    answer = staff.post(add("route"), route(rows, **given))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Route.everywhere.count() == 1


def test_two_masters_of_one_kind_are_refused(rows: Rows, staff: Client) -> None:
    other = rows.connection("crystal", "other")
    answer = staff.post(add("route"), route(rows, kind="product", source=other.pk))
    assert "already takes its product" in answer.content.decode()
    assert Route.everywhere.count() == 1


def test_a_route_between_two_merchants_is_refused(rows: Rows, staff: Client) -> None:
    stranger = rows.tenants()
    answer = staff.post(add("route"), route(rows, tenant=stranger.pk))
    assert "belong to its merchant" in answer.content.decode()
    assert Route.everywhere.count() == 1


def test_a_route_keeps_what_it_is_and_changes_its_rules(
    rows: Rows, staff: Client
) -> None:
    given = route(rows, kind="price", every=60, source=rows.shop.pk)
    assert staff.post(change("route", rows.route.pk), given).status_code == 302
    known = Route.everywhere.get(pk=rows.route.pk)
    assert (known.kind, known.source, known.every) == ("product", rows.back, 60)
    event = AuditEvent.everywhere.get()
    assert (event.before, event.after) == ({"every": 7200}, {"every": 60})


def test_a_route_that_lets_more_through_is_set_going_and_another_pace_is_not(
    rows: Rows, staff: Client
) -> None:
    url = change("route", rows.route.pk)
    staff.post(url, route(rows, kind="product", every=60))
    assert not Run.everywhere.exists()
    staff.post(url, route(rows, kind="product", every=60, policy="create_only"))
    assert Run.everywhere.exists()


def test_a_route_that_wrote_something_is_switched_off_but_not_deleted(
    rows: Rows, staff: Client
) -> None:
    url = reverse("admin:integration_route_delete", args=[rows.route.pk])
    rows.deliveries()
    assert staff.post(url, {"post": "yes"}).status_code == 403
    unused = rows.routes()
    url = reverse("admin:integration_route_delete", args=[unused.pk])
    assert staff.post(url, {"post": "yes"}).status_code == 302
    assert list(Route.everywhere.all()) == [rows.route]


def test_a_label_is_changed_and_nothing_else_of_the_connection(
    rows: Rows, staff: Client
) -> None:
    url = change("connection", rows.shop.pk)
    with CaptureQueriesContext(connection) as queries:
        staff.post(
            url,
            {
                "label": "My shop",
                "settings": "{}",
                "health": "paused",
                **{
                    name: getattr(rows.shop, name)
                    for name in ("rotate_every", "rotate_items", "rotate_calls")
                },
            },
        )
    statements = [query["sql"] for query in queries]
    written = [sql for sql in statements if 'UPDATE "integration_connection"' in sql]
    # The engine may have written the rest since the form was read.
    assert ['"label" =' in sql and '"health" =' not in sql for sql in written] == [True]
    known = Connection.everywhere.get(pk=rows.shop.pk)
    assert known.label == "My shop"
    assert known.health == "healthy"
    assert known.settings == rows.shop.settings
    assert known.secrets == rows.shop.secrets


def test_saving_a_merchant_leaves_its_revision_to_the_engine(
    rows: Rows, staff: Client
) -> None:
    url = change("tenant", rows.tenant.pk)
    given = {"name": "Acme", "slug": "acme", "zone": "Europe/Athens", "email": ""}
    Tenant.objects.filter(pk=rows.tenant.pk).update(revision=41)
    assert staff.post(url, {**given, "revision": 1}).status_code == 302
    known = Tenant.objects.get(pk=rows.tenant.pk)
    assert (known.name, known.zone, known.revision) == ("Acme", "Europe/Athens", 41)
    assert staff.post(url, {**given, "zone": "Mars/Base"}).status_code == 200


@pytest.mark.parametrize(
    ("given", "saved"),
    [
        ({}, True),
        ({"direction": "write", "connection": "shop", "field": "weight"}, True),
        ({"then": "explode"}, False),
        ({"path": "a[["}, False),
        ({"kind": "order"}, False),
        ({"tenant": "stranger"}, False),
    ],
)
def test_a_row_of_a_field_map_is_checked_against_the_map(
    given: dict[str, str], saved: bool, rows: Rows, staff: Client
) -> None:
    row = {
        "tenant": rows.tenant.pk,
        "connection": getattr(rows, given.get("connection", "back")).pk,
        "kind": "product",
        "direction": "read",
        "field": "colour",
        "path": "attributes.colour",
        "then": "",
        **{name: value for name, value in given.items() if name != "connection"},
    }
    if row["tenant"] == "stranger":
        row["tenant"] = rows.tenants().pk
    answer = staff.post(add("override"), row)
    assert Override.everywhere.exists() is saved
    assert answer.status_code == (302 if saved else 200)


@pytest.mark.parametrize("word", ["id", "sku", "name"])
def test_a_record_is_found_by_name_key_and_id(
    word: str, rows: Rows, staff: Client
) -> None:
    wanted, _ = rows.records(), rows.records()
    link = wanted.links.get()
    words = {
        "id": link.external_id,
        "sku": f" {wanted.match_keys.get().value.upper()} ",
        "name": wanted.label,
    }
    found = staff.get(
        reverse("admin:integration_record_changelist"), {"q": words[word]}
    )
    assert list(found.context["cl"].result_list) == [wanted]


def test_a_webhook_is_found_by_the_id_it_tells_of(rows: Rows, staff: Client) -> None:
    wanted, other = rows.events(), rows.events()
    for event, key in ((wanted, "4711"), (other, "4712")):
        type(event).everywhere.filter(pk=event.pk).update(ids=[key])
    found = staff.get(
        reverse("admin:integration_webhookevent_changelist"), {"q": "4711"}
    )
    assert list(found.context["cl"].result_list) == [wanted]
