"""What platforms called Weft for: the calls, what became of them, what they led to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from integration.canonical.kinds import PARTS
from integration.contract import registry
from integration.engine import turned_away
from integration.http.redact import redact_headers
from integration.insight.payload import laid_out
from integration.models import EventState, Link, Record, Run, Tenant, WebhookEvent

DAY = timedelta(hours=24)
# Calls looked at for the figures of a day, and into which a text is looked for.
COUNTED = 10_000
LOOKED_INTO = 2_000
TOPICS = 200

BAD_SIGNATURE, UNREADABLE, MERGED = "bad_signature", "unreadable", "merged"
_REASONS = {
    BAD_SIGNATURE: turned_away.FORGED,
    UNREADABLE: turned_away.UNREADABLE,
}
# By result as people filter by it.
RESULTS: Mapping[str, Q] = {
    "received": Q(state=EventState.RECEIVED),
    "triggered": Q(state=EventState.TRIGGERED),
    "processed": Q(state=EventState.PROCESSED),
    "ignored": Q(state=EventState.IGNORED) & ~turned_away.MARKED,
    "failed": Q(state=EventState.FAILED),
    BAD_SIGNATURE: turned_away.MARKED & Q(reason=turned_away.FORGED),
    UNREADABLE: turned_away.MARKED & Q(reason=turned_away.UNREADABLE),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person chose of the list; empty: all."""

    connection: int | None = None
    topic: str = ""
    result: str = ""
    text: str = ""


class Figures(NamedTuple):
    """The calls of the last day: taken, badly signed, not understood, failed."""

    taken: int
    bad_signature: int
    unreadable: int
    failed: int
    capped: bool


class Line(NamedTuple):
    """One call of the list. `times` is how often the same came, `merged_at` when the
    call came whose read served this one too, `took` how long that read ran."""

    event: WebhookEvent
    result: str
    times: int
    merged_at: datetime | None
    took: timedelta | None
    dropped: bool


class Shown(NamedTuple):
    """One call opened: what came, masked, and what it led to."""

    line: Line
    headers: list[tuple[str, str]]
    body: str
    verified: str
    why: str
    records: list[Record]
    companions: list[WebhookEvent]


def listed(tenant: Tenant, chosen: Filters) -> QuerySet[WebhookEvent]:
    """The calls that fit, to be ordered by whoever cuts pages."""
    found = WebhookEvent.objects.for_tenant(tenant)
    if chosen.connection is not None:
        found = found.filter(connection=chosen.connection)
    if chosen.topic:
        found = found.filter(topic=chosen.topic)
    if chosen.result in RESULTS:
        found = found.filter(RESULTS[chosen.result])
    if chosen.text.strip():
        found = found.filter(pk__in=_holding(found, chosen.text.strip().casefold()))
    return found.select_related("connection", "run").defer("body", "headers")


def _holding(found: QuerySet[WebhookEvent], text: str) -> list[int]:
    """Those of the latest that hold a text in topic, ids or body."""
    rows = found.order_by("-pk").values_list("pk", "topic", "ids", "body")
    return [
        pk
        for pk, topic, ids, body in rows[:LOOKED_INTO].iterator(200)
        if text in topic.casefold()
        or any(text in str(each).casefold() for each in ids)
        or text in bytes(body or b"").decode(errors="replace").casefold()
    ]


def topics(tenant: Tenant) -> list[str]:
    """The topics of the latest calls, to choose from."""
    latest = WebhookEvent.objects.for_tenant(tenant).order_by("-pk")
    told = latest.values_list("topic", flat=True)[:LOOKED_INTO]
    return sorted({topic for topic in told if topic})[:TOPICS]


def last_day(tenant: Tenant, now: datetime) -> Figures:
    """How the calls of the last 24 hours fared; two statements."""
    every = WebhookEvent.objects.for_tenant(tenant)
    latest = every.order_by("-pk").values_list("pk", flat=True)
    oldest = latest[COUNTED - 1 : COUNTED].first()
    rows = every.filter(received_at__gte=now - DAY)
    if oldest is not None:
        rows = rows.filter(pk__gte=oldest)
    calls = F("repeats") + 1
    dropped = turned_away.MARKED
    failed = Q(state=EventState.FAILED)
    counted = rows.order_by().aggregate(
        taken=Sum(calls, filter=~(dropped | failed)),
        bad_signature=Sum(calls, filter=RESULTS[BAD_SIGNATURE]),
        unreadable=Sum(calls, filter=RESULTS[UNREADABLE]),
        failed=Sum(calls, filter=failed),
        oldest=Min("pk"),
    )
    capped = oldest is not None and counted.pop("oldest") == oldest
    counted.pop("oldest", None)
    return Figures(**{name: n or 0 for name, n in counted.items()}, capped=capped)


def _dropped_as(reason: str) -> str:
    return UNREADABLE if reason == _REASONS[UNREADABLE] else BAD_SIGNATURE


def lines(events: Sequence[WebhookEvent]) -> list[Line]:
    """The calls of one page as the list shows them; the newest come first."""
    first: dict[int, WebhookEvent] = {}
    for event in reversed(events):
        if event.run_id is not None:
            first.setdefault(event.run_id, event)
    return [_line(event, first.get(event.run_id or 0)) for event in events]


def _line(event: WebhookEvent, first: WebhookEvent | None) -> Line:
    dropped = turned_away.is_marked(event)
    merged = first is not None and first.pk != event.pk
    result = _dropped_as(event.reason) if dropped else str(event.state)
    if merged and event.state == EventState.PROCESSED:
        result = MERGED
    return Line(
        event=event,
        result=result,
        times=event.repeats + 1,
        merged_at=first.received_at if first is not None and merged else None,
        took=_took(event.run),
        dropped=dropped,
    )


def _took(run: Run | None) -> timedelta | None:
    if run is None or run.started_at is None or run.ended_at is None:
        return None
    return run.ended_at - run.started_at


def show(tenant: Tenant, pk: int) -> Shown | None:
    """One call with all there is of it; four statements."""
    stored = WebhookEvent.objects.for_tenant(tenant).filter(pk=pk)
    event = stored.select_related("connection", "run").first()
    if event is None:
        return None
    companions: list[WebhookEvent] = []
    if event.run_id is not None:
        same = WebhookEvent.objects.for_tenant(tenant).filter(run=event.run_id)
        rows = same.exclude(pk=event.pk).defer("body", "headers").order_by("pk")
        companions = list(rows[:20])
    line = _line(event, min([event, *companions], key=lambda each: each.pk))
    return Shown(
        line=line,
        headers=sorted(redact_headers(event.headers).items()),
        body=laid_out(bytes(event.body)) if event.body else "",
        verified=_verified(line),
        why=_why(line),
        records=_records(tenant, event),
        companions=companions,
    )


def _records(tenant: Tenant, event: WebhookEvent) -> list[Record]:
    """What the ids of a call are here, as far as they are known."""
    if not event.ids:
        return []
    links = Link.objects.for_tenant(tenant).filter(
        connection=event.connection, external_id__in=[str(each) for each in event.ids]
    )
    streams = registry.connector(event.connection.platform).streams
    stream = next((each for each in streams if each.key == event.stream), None)
    if stream is not None:
        kinds = {stream.main, *(PARTS.get(kind, kind) for kind in stream.kinds)}
        links = links.filter(kind__in=kinds)
    found = Record.objects.for_tenant(tenant).filter(pk__in=links.values("record"))
    return list(found.order_by("pk")[:50])


def _verified(line: Line) -> str:
    """How Weft knew, or did not know, who called."""
    names = {"platform": line.event.connection.label}
    if line.result == BAD_SIGNATURE:
        return (
            _("The signature does not fit the secret that %(platform)s was given.")
            % names
        )
    if line.result == UNREADABLE:
        return _("The signature fits, the body is nothing that Weft understands.")
    if line.event.signed:
        return _("Verified: the signature fits the bytes as they came.")
    return (
        _(
            "Not signed: %(platform)s proves itself by the secret address alone, so "
            "Weft believes nothing of the body and asks the platform."
        )
        % names
    )


def _why(line: Line) -> str:
    """What its result means and what to do, in a few sentences."""
    event = line.event
    if line.result == BAD_SIGNATURE:
        return _(
            "Somebody who knows the address called without knowing the secret. Most "
            "often the webhook was made or changed by hand on the platform. Nothing "
            "was read and nothing was kept. Weft mends its webhooks once a day. No "
            "sale is lost: the poll finds what changed."
        )
    if line.result == UNREADABLE:
        return _(
            "Nothing was kept. Where it happens again and again, tell the people who "
            "run Weft; meanwhile the poll finds what changed."
        )
    if event.state == EventState.RECEIVED:
        return _("It waits until the connection is free; then the platform is read.")
    if event.state == EventState.TRIGGERED:
        return _("The read it led to is under way.")
    if line.result == MERGED:
        return _("One read served this call and others that came with it.")
    return event.reason
