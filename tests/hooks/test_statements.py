"""What a webhook costs the database: the same two or three statements for any inbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from integration.contract.messages import Event, Request
from integration.hooks import inbox
from integration.hooks.caller import calling
from integration.jobs import bell
from integration.models import Connection, Tenant, WebhookEvent
from tests.hooks.test_door import call

LOOK = "SELECT integration_connection"
TAKE = "INSERT integration_webhookevent"
FOLD = "UPDATE integration_webhookevent"
ROOM = "SELECT integration_webhookevent"
BELL = "SELECT django_q_ormq"


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


@pytest.fixture
def rung(shop: Connection) -> None:
    """As many tokens wait as are of use."""
    for _ in range(20):
        bell.ring()


@pytest.fixture
def no_queue(transactional_db: None) -> Iterator[None]:
    """The queue's table is out of reach."""
    _rename("django_q_ormq", "out_of_reach")
    yield
    _rename("out_of_reach", "django_q_ormq")


def _rename(table: str, name: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


def told(client: Client, shop: Connection, number: int) -> list[str]:
    """Verb and table of each statement one webhook leads to.

    Now and then it is looked whether there is still room: that one is left out.
    """
    with CaptureQueriesContext(database) as captured:
        answer = call(client, shop, b'{"id": %d}' % number)
    assert answer.status_code == 200
    shapes = [_shape(query["sql"].split()) for query in captured.captured_queries]
    return [shape for shape in shapes if shape != ROOM]


def _shape(words: list[str]) -> str:
    behind = {"SELECT": "FROM", "INSERT": "INTO", "UPDATE": "UPDATE"}
    table = words[words.index(behind[words[0]]) + 1]
    return f"{words[0]} {table.strip(chr(34))}"


@pytest.mark.usefixtures("rung")
def test_a_webhook_is_one_look_and_one_insert_and_at_most_one_look_at_the_queue(
    client: Client, shop: Connection
) -> None:
    for number in range(1, 40):
        said = told(client, shop, number)
        assert said[:2] == [LOOK, TAKE]
        assert said[2:] in ([], [BELL])
    assert WebhookEvent.everywhere.count() == 39


def test_a_forged_call_is_one_look_and_a_flood_of_them_one_note(
    client: Client, shop: Connection
) -> None:
    with time_machine.travel("2031-07-01T12:00:00Z", tick=False):
        for number in range(5):
            with CaptureQueriesContext(database) as captured:
                assert call(client, shop, signed="AAAA").status_code == 401
            assert len(captured) == (1 if number else 4)
    assert WebhookEvent.everywhere.get().state == "ignored"


def test_a_row_made_by_hand_is_the_row_the_model_would_make(
    client: Client, shop: Connection
) -> None:
    told(client, shop, 1)
    event = WebhookEvent.everywhere.get()
    made = WebhookEvent(tenant=event.tenant, connection=shop)
    for name in ("repeats", "state", "reason", "run_id"):
        assert getattr(event, name) == getattr(made, name), name
    event.full_clean()


def test_a_repeat_is_counted_and_acted_on_once(
    client: Client, shop: Connection
) -> None:
    told(client, shop, 1)
    assert told(client, shop, 1)[:3] == [LOOK, TAKE, FOLD]
    assert WebhookEvent.everywhere.get().repeats == 1


@pytest.mark.usefixtures("no_queue")
def test_a_bell_that_cannot_be_rung_is_no_reason_to_refuse(
    client: Client, shop: Connection
) -> None:
    assert call(client, shop).status_code == 200
    assert WebhookEvent.everywhere.count() == 1


def test_a_webhook_leaves_a_token_for_a_worker(
    client: Client, shop: Connection
) -> None:
    told(client, shop, 1)
    assert OrmQ.objects.exists()


def test_all_events_of_one_call_are_stored(shop: Connection) -> None:
    caller = calling(shop.pk)
    assert caller is not None
    message = Request("POST", "/", "", {}, b"{}")
    news = [Event("orders", (each,), topic="order.updated") for each in "12"]
    inbox.store(caller, message, [*news, news[0]], signed=True)
    stored = WebhookEvent.everywhere.order_by("pk").values_list("ids", "repeats")
    assert list(stored) == [(["1"], 1), (["2"], 0)]
