"""`/metrics`: how Weft is at work, in figures that Prometheus reads.

Counted from the database at every look, so that any web process answers for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import ip_address
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from integration.engine import vitals

# What a proxy adds to what it passes on.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Via")


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """All figures, for whoever has the token; where none is set, for this machine.

    403 for anybody else, 401 for a wrong token.
    """
    if settings.WEFT_METRICS_TOKEN:
        if not _has_token(request):
            headers = {"WWW-Authenticate": "Bearer"}
            return HttpResponse("The token is wrong.\n", status=401, headers=headers)
    elif not _from_this_machine(request):
        words = "Set WEFT_METRICS_TOKEN to read this from elsewhere.\n"
        return HttpResponse(words, status=403, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(timezone.now()))
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4
    )


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.WEFT_METRICS_TOKEN}"
    return compare_digest(given.encode(), wanted.encode())


def _from_this_machine(request: HttpRequest) -> bool:
    """A proxy on this machine calls from here too; what it passes on does not count."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False


class Figures(Collector):
    """The figures of one moment, in a fixed number of statements."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the database only to be registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every family once."""
        yield from self._due()
        yield from self._worker()
        runs = "Reads that have not ended, by state"
        yield _gauge("weft_runs", runs, "state", vitals.runs())
        writes = "Writes that have not ended, by state"
        yield _gauge("weft_deliveries", writes, "state", vitals.deliveries())
        open_errors = "Open problems, by who acts next"
        yield _gauge("weft_errors_open", open_errors, "who", vitals.errors())
        yield CounterMetricFamily(
            "weft_webhooks_received",
            "Webhooks received",
            value=vitals.webhooks_received(),
        )
        failing = "Merchants' own addresses that take no events"
        value = vitals.failing_endpoints()
        yield GaugeMetricFamily("weft_endpoints_failing", failing, value=value)
        yield from self._calls()

    def _due(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily(
            "weft_due", "Work that is due, by sort", labels=["work"]
        )
        age = GaugeMetricFamily(
            "weft_oldest_due_seconds",
            "How long the oldest due work waits",
            labels=["work"],
        )
        for queue in vitals.queues(self.now):
            depth.add_metric([queue.name], queue.waiting)
            age.add_metric([queue.name], self._seconds(queue.since))
        yield depth
        yield age

    def _worker(self) -> Iterator[Metric]:
        seen = vitals.beats(self.now)
        yield GaugeMetricFamily(
            "weft_workers_alive", "Workers with a recent sign of life", value=seen.alive
        )
        if seen.last is not None:
            yield GaugeMetricFamily(
                "weft_worker_beat_age_seconds",
                "Since the last sign of life of any worker",
                value=self._seconds(seen.last),
            )

    def _calls(self) -> Iterator[Metric]:
        rows = vitals.calls(self.now)
        for name, words in (
            ("calls", "Calls since the last full hour began"),
            ("throttled", "Calls that platforms throttled since then"),
        ):
            by_platform = {row["platform"]: row[name] for row in rows}
            yield _gauge(f"weft_{name}_last_hour", words, "platform", by_platform)
        used = GaugeMetricFamily(
            "weft_budget_used_ratio",
            "How full the fullest window of a platform's calls is",
            labels=["platform", "group", "seconds"],
        )
        for window in vitals.budgets(self.now):
            labels = [window.platform, window.group, f"{window.seconds:g}"]
            used.add_metric(labels, window.share)
        yield used

    def _seconds(self, since: datetime | None) -> float:
        return max(0.0, (self.now - since).total_seconds()) if since else 0.0


def _gauge(name: str, words: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
