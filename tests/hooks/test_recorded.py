"""Deliveries of a real shop, byte for byte, through the door and onto the road."""

from __future__ import annotations

import json
from pathlib import Path

from django.test import Client

from integration.models import WebhookEvent
from tests.road import Road


def test_every_recorded_delivery_is_answered_and_acted_on(
    recorded_exchanges: Path, client: Client, road: Road
) -> None:
    path = recorded_exchanges / "woocommerce" / "webhook_deliveries.json"
    deliveries = json.loads(path.read_text())
    merchant = road.merchant()
    secret = deliveries[0]["secret"]
    merchant.shop.secrets = {**merchant.shop.secrets, "webhook_secret": secret}
    merchant.shop.save()
    at = f"/hooks/{merchant.shop.pk}/{merchant.shop.hook_token}/"
    for delivery in deliveries:
        headers = dict(delivery["headers"])
        kind = headers.pop("Content-Type")
        answer = client.post(at, delivery["body"].encode(), kind, headers=headers)
        assert answer.status_code == 200, headers
    signed = [each for each in deliveries if len(each["headers"]) > 2]
    stored = WebhookEvent.everywhere.all()
    assert sum(1 + event.repeats for event in stored) == len(signed) > 0
    assert all(event.signed and event.ids for event in stored)
    road.settle()
    # What is not found yet is looked for again, some minutes apart.
    for _ in range(5):
        road.later(minutes=10)
    assert set(stored.values_list("state", flat=True)) <= {"processed", "ignored"}
