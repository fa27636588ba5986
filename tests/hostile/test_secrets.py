"""Secrets are sealed, and appear nowhere else."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.db import connection as database

from integration.engine import connect
from integration.models import Connection, SealBroken, Tenant
from integration.models.sealed import uses_old_key
from tests.road import Road

CANARY = "canary-5e3f-not-to-be-seen"


@pytest.fixture
def sealed(db: None) -> Connection:
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    return Connection.everywhere.create(
        tenant=tenant,
        platform="crystal",
        account="a",
        label="A",
        secrets={"secret": CANARY},
    )


def stored(connection: Connection) -> str:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT secrets FROM integration_connection WHERE id = %s", [connection.pk]
        )
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_secret_in_clear(sealed: Connection) -> None:
    assert CANARY not in stored(sealed)
    assert Connection.everywhere.get().secrets == {"secret": CANARY}


def test_a_connection_prints_without_its_secrets(sealed: Connection) -> None:
    again = Connection.everywhere.get()
    assert CANARY not in f"{again!r} {again} {again.__dict__}"


def test_a_sealed_value_copied_to_another_row_stays_shut(sealed: Connection) -> None:
    other = Connection.everywhere.create(
        tenant=sealed.tenant, platform="crystal", account="b", label="B"
    )
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE integration_connection SET secrets = %s WHERE id = %s",
            [stored(sealed), other.pk],
        )
    with pytest.raises(SealBroken, match="belongs to another row"):
        _ = Connection.everywhere.get(pk=other.pk).secrets


def test_a_wrong_key_is_told_in_words(sealed: Connection, settings: Any) -> None:
    settings.WEFT_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SealBroken, match="WEFT_ENCRYPTION_KEYS"):
        _ = Connection.everywhere.get().secrets


def test_a_new_first_key_opens_what_an_older_one_sealed(
    sealed: Connection, settings: Any
) -> None:
    newer = Fernet.generate_key().decode()
    settings.WEFT_ENCRYPTION_KEYS = [newer, *settings.WEFT_ENCRYPTION_KEYS]
    again = Connection.everywhere.get()
    assert again.secrets == {"secret": CANARY}
    assert uses_old_key(stored(again))
    again.secrets = again.secrets
    again.save()
    settings.WEFT_ENCRYPTION_KEYS = [newer]
    assert Connection.everywhere.get().secrets == {"secret": CANARY}


def test_a_changed_seal_is_refused(sealed: Connection) -> None:
    text = stored(sealed)
    changed = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]
    with database.cursor() as cursor:
        cursor.execute("UPDATE integration_connection SET secrets = %s", [changed])
    with pytest.raises(SealBroken):
        _ = Connection.everywhere.get().secrets


def everything_stored() -> str:
    """Every row of every table of ours, as the database holds it."""
    texts = []
    for model in apps.get_models():
        if model._meta.app_label in ("integration", "synclog", "django_q"):
            with database.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608
                for row in cursor.fetchall():
                    texts += [_plain(value) for value in row]
    return "\n".join(texts)


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


@pytest.fixture
def known(road: Road) -> list[str]:
    """The credentials in use, but for one that reads like the name of a secret."""
    held = {**road.back.credentials, **road.front.credentials}
    return [value for name, value in held.items() if name != "secret"]


def test_a_whole_sync_with_every_kind_of_trouble_shows_no_secret(
    road: Road,
    known: list[str],
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[Any],
) -> None:
    caplog.set_level(logging.DEBUG)
    merchant = road.in_step()
    connect.sync_webhooks(merchant.shop)
    secrets = [*known, merchant.shop.secrets[connect.HOOK_SECRET]]
    echoed = " ".join(secrets)
    road.front.fault("status", "products/batch", status=400, body=echoed)
    road.front.fault("status", "orders", status=500, body=echoed)
    road.back.fault("status", "products", status=500, body=echoed)
    road.back.fault("status", "orders", method="POST", status=400, body=echoed)
    road.change(road.goods()[0], name="New", price=1)
    road.buy(road.goods()[0]["id"])
    for _ in range(3):
        road.later(hours=2)
    merchant.crystal.secrets = {**merchant.crystal.secrets, "secret": CANARY}
    merchant.crystal.save()
    road.back.do("revoke")
    secrets.append(CANARY)
    echoed = " ".join(secrets)
    for platform in (road.front, road.back):
        platform.fault("status", "", times=-1, status=401, body=echoed)
    road.change(road.goods()[1], name="Newer")
    road.later(hours=3)
    assert merchant.reload().crystal.health == "needs_reauth"
    assert caplog.records
    assert mailoutbox
    shown = {
        "log": caplog.text,
        "rows": everything_stored(),
        "mail": " ".join(f"{each.subject} {each.body}" for each in mailoutbox),
    }
    for secret in secrets:
        assert [place for place, words in shown.items() if secret in words] == []
