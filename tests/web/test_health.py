"""The probes: alive, and ready; a silent worker is told and changes nothing."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from integration.models import WorkerBeat


def test_a_silent_worker_is_told_and_pages_are_served_all_the_same(
    client: Client, db: None
) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (200, "silent")
    long_ago = timezone.now() - timedelta(minutes=10)
    beat = WorkerBeat.objects.create(cluster="one", host="here", beat_at=long_ago)
    assert client.get("/readyz").json()["worker"] == "silent"
    beat.beat_at = timezone.now()
    beat.save()
    assert client.get("/readyz").json() == {"status": "ok", "worker": "beats"}


def test_being_alive_asks_nothing_of_the_database(
    client: Client, db: None, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get("/healthz").json() == {"status": "ok"}
