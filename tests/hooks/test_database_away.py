"""While the database is away the door says so, and never that it has stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection as database
from django.test import Client

from integration.models import Connection, Tenant, WebhookEvent
from tests.hooks.test_door import call

TABLE = WebhookEvent._meta.db_table


@pytest.fixture
def shop(transactional_db: None) -> Connection:
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    return Connection.everywhere.create(
        tenant=tenant,
        platform="woocommerce",
        account="shop",
        label="Shop",
        secrets={"webhook_secret": "s3cret"},
    )


@contextmanager
def somebody_else(held: bool) -> Iterator[list[int]]:
    """Another program on the same database: holds the events, or counts them."""
    counted: list[int] = []
    other = _other()
    try:
        if held:
            other.execute(_HOLD[database.vendor])
        else:
            counted.append(other.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0])  # noqa: S608
        yield counted
    finally:
        other.rollback()
        other.close()


_HOLD = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE",
}
_IMPATIENT = {
    "sqlite": "PRAGMA busy_timeout = 50",
    "postgresql": "SET lock_timeout = '50ms'",
}
_PATIENT = {
    "sqlite": "PRAGMA busy_timeout = 20000",
    "postgresql": "SET lock_timeout = 0",
}


def _other() -> sqlite3.Connection | psycopg.Connection:
    if database.vendor == "sqlite":
        return sqlite3.connect(database.settings_dict["NAME"], isolation_level=None)
    given = database.get_connection_params()
    return psycopg.connect(
        host=given.get("host"),
        port=given.get("port"),
        user=given.get("user"),
        password=given.get("password"),
        dbname=given["dbname"],
    )


def _say(words: dict[str, str]) -> None:
    with database.cursor() as cursor:
        cursor.execute(words[database.vendor])


def test_the_shop_is_asked_to_come_again_until_it_can_be_stored(
    client: Client, shop: Connection
) -> None:
    _say(_IMPATIENT)
    try:
        with somebody_else(held=True):
            answer = call(client, shop)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    finally:
        _say(_PATIENT)
    assert not WebhookEvent.everywhere.exists()
    assert call(client, shop).status_code == 200
    with somebody_else(held=False) as counted:
        assert counted == [1]
