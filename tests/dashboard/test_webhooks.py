"""The pages of webhooks: what came, what became of it, and reading anew for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.engine import turned_away
from integration.models import Link, Record, Run, WebhookEvent
from synclog.models import AuditEvent
from tests.admin.rows import CANARY, Rows

At = Callable[..., str]


def event(rows: Rows, **more: Any) -> WebhookEvent:
    return WebhookEvent.everywhere.create(
        **{
            "tenant": rows.tenant,
            "connection": rows.shop,
            "stream": "orders",
            "ids": [str(rows.next())],
            "topic": "order.created",
            "fingerprint": str(rows.next()),
            "signed": True,
            "body": b'{"id": 1, "buyer": "Anna", "api_token": "%s"}' % CANARY.encode(),
            "headers": {"x-token": CANARY, "x-source": "shop"},
            "state": "processed",
            **more,
        }
    )


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shown(client: Client, url: str, **asked: Any) -> list[int]:
    return [line.event.pk for line in client.get(url, asked).context["lines"]]


def test_the_list_is_filtered_by_connection_topic_result_and_text(
    looker: Client, rows: Rows, at: At
) -> None:
    plain = event(rows, body=b"{}")
    update = event(rows, topic="order.updated", body=b'{"buyer": "Beta"}')
    back = event(rows, connection=rows.back, state="failed", body=b"{}")
    url = at("webhooks")
    assert shown(looker, url) == [back.pk, update.pk, plain.pk]
    assert shown(looker, url, topic="order.updated") == [update.pk]
    assert shown(looker, url, result="failed") == [back.pk]
    assert shown(looker, url, connection=rows.back.pk) == [back.pk]
    assert shown(looker, url, q="beta") == [update.pk]
    assert shown(looker, url, q=plain.ids[0]) == [plain.pk]
    assert "No call fits" in text(looker, url + "?q=nothing")


def test_the_figures_are_those_of_the_last_day(
    looker: Client, rows: Rows, at: At
) -> None:
    event(rows, repeats=2)
    event(rows, state="failed")
    event(rows, received_at=timezone.now() - timedelta(days=2))
    turned_away.note(rows.tenant.pk, rows.shop.pk, turned_away.FORGED)
    page = text(looker, at("webhooks"))
    assert "3 calls taken" in page
    assert "1 failed" in page
    assert "1 with a bad signature" in page


def test_one_call_shows_what_came_masked_and_what_it_led_to(
    looker: Client, rows: Rows, at: At
) -> None:
    run = Run.everywhere.create(
        tenant=rows.tenant,
        connection=rows.shop,
        stream="orders",
        selection={"type": "These", "ids": ["7"]},
        selection_key="7",
        cause="webhook",
        state="done",
        calls=3,
    )
    record = Record.everywhere.create(tenant=rows.tenant, kind="order", label="Order 7")
    Link.everywhere.create(
        tenant=rows.tenant,
        connection=rows.shop,
        kind="order",
        external_id="7",
        record=record,
    )
    first = event(rows, ids=["7"], run=run)
    second = event(rows, ids=["8"], run=run, signed=False)
    page = text(looker, at("webhooks_show", first.pk))
    assert "the signature fits the bytes" in page
    assert "&quot;buyer&quot;: &quot;Anna&quot;" in page
    assert "x-source" in page
    assert "3 calls" in page
    assert at("orders_show", record.uid) in page
    assert at("webhooks_show", second.pk) in page
    assert CANARY not in page
    other = text(looker, at("webhooks_show", second.pk))
    assert "believes nothing of the body" in other
    assert "Merged with another" in other
    assert "Merged with another" in text(looker, at("webhooks"))


def test_a_bad_signature_is_counted_by_the_hour_told_why_and_never_replayed(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    with time_machine.travel("2031-05-01T10:20:00Z", tick=False) as clock:
        for _ in range(3):
            turned_away.note(rows.tenant.pk, rows.shop.pk, turned_away.FORGED)
        assert WebhookEvent.everywhere.get().repeats == 0
        clock.shift(timedelta(seconds=30))
        turned_away.note(rows.tenant.pk, rows.shop.pk, turned_away.FORGED)
        row = WebhookEvent.everywhere.get()
        assert (row.repeats, row.body, row.headers, row.signed) == (3, None, {}, False)
        clock.shift(timedelta(hours=1))
        turned_away.note(rows.tenant.pk, rows.shop.pk, turned_away.FORGED)
        assert WebhookEvent.everywhere.count() == 2
    page = text(shop_owner, at("webhooks"))
    assert "Bad signature, dropped" in page
    assert "4 times" in page
    why = text(shop_owner, at("webhooks_show", row.pk))
    assert "called without knowing the secret" in why
    replay = at("webhooks_replay", row.pk)
    assert replay not in page + why
    shop_owner.post(replay)
    row.refresh_from_db()
    assert row.state == "ignored"
    assert not AuditEvent.everywhere.exists()


def test_a_replay_is_noted_and_puts_the_call_back(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    row = event(rows)
    answer = shop_owner.post(at("webhooks_replay", row.pk), follow=True)
    assert "The platform is read anew" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.run) == ("received", None)
    assert AuditEvent.everywhere.get().verb == "replayed"


def test_who_may_only_look_replays_nothing_and_nobody_another_s(
    looker: Client, rows: Rows, at: At
) -> None:
    row = event(rows)
    assert looker.post(at("webhooks_replay", row.pk)).status_code == 403
    assert at("webhooks_replay", row.pk) not in text(looker, at("webhooks"))
    WebhookEvent.everywhere.update(tenant=rows.tenants())
    assert looker.get(at("webhooks_show", row.pk)).status_code == 404
    row.refresh_from_db()
    assert row.state == "processed"


def test_a_page_costs_the_same_statements_for_any_number_of_calls(
    looker: Client, rows: Rows, at: At
) -> None:
    def asked(url: str) -> int:
        with CaptureQueriesContext(database) as captured:
            assert looker.get(url).status_code == 200
        return len(captured)

    row = event(rows, run=rows.runs())
    urls = [at("webhooks"), at("webhooks") + "?q=anna", at("webhooks_show", row.pk)]
    before = [asked(url) for url in urls]
    for number in range(60):
        event(rows, run=row.run if number % 2 else rows.runs())
    assert [asked(url) for url in urls] == before


@pytest.mark.parametrize(
    "asked", ["?connection=99999999999999999999", "?q=%00&after=x"]
)
def test_strange_filters_break_nothing(
    looker: Client, rows: Rows, at: At, asked: str
) -> None:
    row = event(rows)
    assert shown(looker, at("webhooks") + asked) == [row.pk]
