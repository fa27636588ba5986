"""Platforms' calls, calls spent by the hour, and deeds of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integration.models import CallUsage, Route, WebhookEvent, bulk
from synclog.models import AuditEvent
from tests.bench.store.goods import insert

if TYPE_CHECKING:
    from tests.bench.store.filling import Store

HOUR = timedelta(hours=1)
VERBS = 20
TOPICS = ("order.created", "order.updated", "product.updated")
BODY = b'{"id": 1, "name": "Mug", "note": "%s"}' % (b"as good as any " * 30)
HEADERS = {"x-topic": "order.created", "x-source": "https://shop.example.com"}
# Of so many calls one was turned away, another failed.
TURNED_AWAY = 50


def fill(store: Store, runs: Sequence[int]) -> None:
    """All of it; calls led to the runs."""
    events = bulk.reserve(WebhookEvent, store.size.events)
    insert(
        WebhookEvent,
        "id ids topic fingerprint received_at state run_id",
        _events(store, events, runs),
        tenant=store.tenant,
        connection=store.shop,
        stream="orders",
        signed=True,
        body=BODY,
        headers=HEADERS,
    )
    store.ids["event"] = events[-1]
    insert(
        CallUsage,
        "connection_id route_id hour calls",
        _usage(store),
        tenant=store.tenant,
    )
    insert(
        AuditEvent,
        "actor verb subject at",
        _audits(store),
        tenant=store.tenant,
        user=store.owner,
    )


def _events(store: Store, events: Sequence[int], runs: Sequence[int]) -> Iterator[Any]:
    for number, pk in enumerate(events):
        at = store.ago(number / len(events), 5)
        state = "failed" if number % TURNED_AWAY == 1 else "processed"
        run = runs[number * len(runs) // len(events)]
        topic = TOPICS[number % len(TOPICS)]
        yield pk, [f"o{number}"], topic, str(number), at, state, run


def _usage(store: Store) -> Iterator[Any]:
    """Every route on both ends, and every connection for itself, hour by hour."""
    routes = list(Route.objects.for_tenant(store.tenant))
    places: list[tuple[int, int | None]] = [(c.pk, None) for c in store.connections]
    for route in routes:
        places += [(route.source_id, route.pk), (route.target_id, route.pk)]
    this = store.now.replace(minute=0, second=0, microsecond=0)
    for number in range(store.size.usage):
        back, place = divmod(number, len(places))
        yield *places[place], this - back * HOUR, number % 7 + 1


def _audits(store: Store) -> Iterator[Any]:
    count = store.size.audits
    for number in range(count):
        verb = f"deed_{number % VERBS}"
        yield "Ann", verb, f"Mug {number % 1000}", store.ago(number / count, 365)
