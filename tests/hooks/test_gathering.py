"""Webhooks gather while their connection is busy, and are read together afterwards."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from integration.engine import inbox, lease
from tests.hooks.test_door import call
from tests.road import Road


def test_events_gather_while_somebody_talks_to_their_connection(
    client: Client, road: Road
) -> None:
    merchant, other = road.merchant(), road.merchant("other")
    held = lease.take(merchant.shop)
    assert held is not None
    call(client, merchant.shop, b'{"id": 7}')
    assert inbox.act() == 0
    call(client, other.shop, b'{"id": 7}')
    assert inbox.act() == 1
    call(client, merchant.shop, b'{"id": 8}')
    assert inbox.act() == 0
    assert inbox.waiting()
    lease.give_back(held)
    assert inbox.act() == 2
    (run,) = merchant.runs("orders")
    assert sorted(run.selection["ids"]) == ["7", "8"]


def test_events_of_a_worker_that_died_wait_no_longer_than_its_lease(
    client: Client, road: Road
) -> None:
    merchant = road.merchant()
    lease.take(merchant.shop)
    call(client, merchant.shop)
    assert inbox.act() == 0
    road.pass_time(seconds=settings.WEFT_LEASE_SECONDS)
    assert inbox.act() == 1
    # Nobody gives back what the dead held.
    road.settle()
