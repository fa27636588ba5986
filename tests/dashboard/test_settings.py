"""Settings: general, keys, audit, retention, the export and the way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from integration.engine import api_keys, leaving
from integration.models import ApiKey, Connection, Record, Tenant
from synclog.models import AuditEvent
from tests.admin.rows import CANARY

if TYPE_CHECKING:
    from tests.admin.rows import Rows

At = Callable[..., str]
GENERAL = {
    "name": "Acme Nordic",
    "zone": "Europe/Stockholm",
    "currency": "SEK",
}


def test_an_owner_changes_the_general_settings_and_it_is_written_down(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    shop_owner.post(at("settings"), GENERAL)
    rows.tenant.refresh_from_db()
    assert (rows.tenant.zone, rows.tenant.currency) == ("Europe/Stockholm", "SEK")
    deed = AuditEvent.everywhere.get(tenant=rows.tenant, verb="changed settings")
    assert deed.actor == "owner"
    assert deed.before["zone"] == "UTC"
    assert deed.after["zone"] == "Europe/Stockholm"


def test_what_cannot_be_is_named_at_its_field_and_nothing_is_saved(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    answer = shop_owner.post(at("settings"), {**GENERAL, "zone": "Europe/Atlantis"})
    assert b'aria-invalid="true"' in answer.content
    rows.tenant.refresh_from_db()
    assert rows.tenant.zone == "UTC"


def test_a_viewer_reads_the_settings_and_changes_none(
    rows: Rows, looker: Client, at: At
) -> None:
    assert looker.get(at("settings")).status_code == 200
    assert looker.post(at("settings"), GENERAL).status_code == 403
    for page in ("settings_keys", "settings_audit", "settings_data"):
        assert looker.get(at(page)).status_code == 403
    rows.tenant.refresh_from_db()
    assert rows.tenant.zone == "UTC"


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    form = {"name": "Warehouse", "scopes": ["read", "errors"], "days": "30"}
    made = shop_owner.post(at("settings_keys_add"), form)
    text = made.context["text"]
    assert text in made.content.decode()
    assert made.headers["Cache-Control"].startswith("max-age=0")
    key = api_keys.check(text)
    assert key is not None
    assert key.scopes == ["errors", "read"]
    assert text not in shop_owner.get(at("settings_keys")).content.decode()
    shop_owner.post(at("settings_keys_revoke", key.pk))
    assert api_keys.check(text) is None


def test_making_a_key_asks_who_it_is_first(
    rows: Rows, person: Callable[..., Client], at: At
) -> None:
    owner = person("owner", confirmed=False)
    form = {"name": "Warehouse", "scopes": ["read"], "days": "30"}
    answer = owner.post(at("settings_keys_add"), form)
    assert "/reauthenticate/" in answer.headers["Location"]
    assert not ApiKey.everywhere.exists()


def test_the_audit_is_found_by_who_and_what(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    rows.audits()
    shown = shop_owner.get(at("settings_audit"), {"verb": "retried"})
    assert len(shown.context["slice"].rows) == 1
    assert CANARY not in shown.content.decode()
    none = shop_owner.get(at("settings_audit"), {"who": "nobody at all"})
    assert none.context["slice"].rows == []


def test_the_export_holds_every_table_and_no_secret(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    for make in (rows.records, rows.events, rows.notices, rows.errors, rows.grants):
        make()
    answer = shop_owner.post(at("settings_export"))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    told = [json.loads(line) for line in text.splitlines()]
    tables = {line["table"] for line in told}
    assert {"tenant", "record", "link", "webhookevent", "syncerror"} <= tables
    assert CANARY not in text


def test_only_the_typed_name_deletes_a_store(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    assert shop_owner.post(at("settings_delete"), {"typed": "acm"}).status_code == 400
    rows.tenant.refresh_from_db()
    assert rows.tenant.active


@pytest.mark.django_db(transaction=True)
def test_a_deleted_store_leaves_no_row_of_its_own_and_every_other_s(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    rows.records()
    rows.deliveries()
    other = Tenant.objects.create(slug="beta", name="Beta")
    kept = Record.everywhere.create(tenant=other, kind="product", label="Kept")
    # What cannot be reached does not keep a merchant from leaving.
    Connection.everywhere.filter(tenant=rows.tenant).update(health="disconnected")
    shop_owner.post(at("settings_delete"), {"typed": "acme"})
    assert shop_owner.get(at("home")).status_code == 404
    while leaving.go_on():
        pass
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["beta"]
    assert list(Record.everywhere.all()) == [kept]
