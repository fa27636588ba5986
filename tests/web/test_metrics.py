"""`/metrics`: complete, of constant cost, and shut to strangers."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from integration.models import CallBudget, CallUsage, Run, WorkerBeat
from synclog.models import Notice
from tests.admin.rows import CANARY, MAKERS, Rows

TOKEN = "a-long-token-nobody-can-guess"


def figures(client: Client) -> dict[tuple[str, ...], float]:
    """Every sample by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_an_empty_installation_has_figures_too(client: Client, db: None) -> None:
    found = figures(client)
    assert found["weft_workers_alive",] == 0
    assert found["weft_due", "run"] == 0
    assert found["weft_oldest_due_seconds", "delivery"] == 0
    assert ("weft_worker_beat_age_seconds",) not in found


def test_what_is_due_open_and_spent_is_counted(client: Client, db: None) -> None:
    rows = Rows()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    rows.runs()
    Run.everywhere.update(not_before=an_hour_ago)
    rows.deliveries()
    rows.errors()
    rows.errors(who="clock")
    rows.notices()
    Notice.everywhere.create(
        tenant=rows.tenant, episode="x", channel="webhook", template="ping"
    )
    rows.events()
    rows.beats()
    CallUsage.everywhere.create(
        tenant=rows.tenant,
        connection=rows.shop,
        hour=timezone.now(),
        calls=7,
        throttled=2,
    )
    for calls in (3, 9):
        CallBudget.objects.create(
            platform="woocommerce",
            account=f"shop-{calls}",
            window=86_400_000,
            allowed=10,
            slots=[[time.time(), calls]],
        )
    found = figures(client)
    assert found["weft_due", "run"] >= 1
    assert found["weft_oldest_due_seconds", "run"] >= 3600
    assert found["weft_due", "webhook"] == 1
    assert found["weft_due", "email"] == found["weft_due", "webhook-out"] == 1
    assert found["weft_deliveries", "planned"] == 1
    assert found["weft_errors_open", "item"] == 1
    assert found["weft_errors_open", "clock"] == 1
    assert found["weft_webhooks_received_total",] >= 1
    assert found["weft_workers_alive",] == WorkerBeat.objects.count() == 1
    assert found["weft_calls_last_hour", "woocommerce"] == 7
    assert found["weft_throttled_last_hour", "woocommerce"] == 2
    assert found["weft_budget_used_ratio", "", "woocommerce", "86400"] == 0.9


def test_the_cost_does_not_grow_and_nobody_is_named(client: Client, db: None) -> None:
    rows = Rows()
    counts = []
    for many in (1, 10):
        for make in MAKERS.values():
            for _ in range(many):
                make(rows)
        with CaptureQueriesContext(database) as queries:
            answer = client.get("/metrics")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
    told = answer.content.decode()
    assert CANARY not in told
    assert not re.search(r"acme|shop|script|example", told, re.IGNORECASE)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": "Bearer é"}, 401),
    ],
)
def test_with_a_token_it_opens_to_that_token_from_anywhere(
    client: Client, db: None, settings: Any, headers: dict[str, str], status: int
) -> None:
    settings.WEFT_METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers=headers, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == status
    local = client.get("/metrics", headers=headers, REMOTE_ADDR="127.0.0.1")
    assert local.status_code == status


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("10.0.0.7", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 403),
    ],
)
def test_without_a_token_it_opens_to_this_machine_alone(
    client: Client, db: None, address: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert answer.status_code == status


def test_it_is_only_read(client: Client, db: None) -> None:
    assert client.post("/metrics").status_code == 405
