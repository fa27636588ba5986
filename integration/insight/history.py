"""What happened to an item: writes with what they carried, reads, calls from platforms,
problems and deeds of people, the newest first. A fixed number of statements."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.insight.item import Item
from integration.models import (
    Delivery,
    DeliveryState,
    Run,
    RunState,
    WebhookEvent,
)
from synclog.cleaning import without_secrets
from synclog.models import AuditEvent, ErrorState, SyncError
from synclog.saying import said

# Lines of the history, and rows of one sort that are looked at for it.
MOST = 40
LOOKED_AT = 300
LOOKED_BACK = timedelta(days=90)
# The most of a payload that is shown.
LONGEST = 20_000

# What people and Weft may have done to an item, in words.
DEEDS = {
    "sync_now": lambda: _("asked to sync it now"),
    "linked_by_hand": lambda: _("linked it by hand"),
    "unlinked": lambda: _("unlinked it"),
    "asked_to_create": lambda: _("asked to create it"),
    "ignored_item": lambda: _("ignored it"),
    "heeded_item": lambda: _("stopped ignoring it"),
    "retried": lambda: _("tried it again"),
    "held": lambda: _("put it on hold"),
    "released": lambda: _("released it"),
    "closed_by_person": lambda: _("closed what was owed of it"),
    "confirmed_there": lambda: _("said that it is there"),
}


class Entry(NamedTuple):
    """One line. `state` is a word of the glossary, `page` and `key` say where more of
    it stands, `payload` is what was carried, masked and laid out."""

    at: datetime
    state: str
    title: str
    text: str = ""
    page: str = ""
    key: Any = None
    payload: str = ""


def entries(item: Item) -> list[Entry]:
    """The newest lines of all sorts together."""
    found = [
        *_writes(item),
        *_problems(item),
        *_deeds(item),
        *_reads(item),
        *_calls(item),
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:MOST]


def _writes(item: Item) -> list[Entry]:
    stored = Delivery.objects.for_tenant(item.tenant).filter(record__in=item.about)
    joined = stored.select_related("route__target", "route__source")
    return [_write(delivery) for delivery in joined.order_by("-pk")[:MOST]]


def _write(delivery: Delivery) -> Entry:
    facts = {"target": delivery.route.target, "kind": delivery.get_kind_display()}
    title = {
        DeliveryState.DONE: _done(delivery),
        DeliveryState.CLOSED: _("Not written to %(target)s: %(kind)s, no longer owed"),
    }.get(DeliveryState(delivery.state), _("Write to %(target)s: %(kind)s"))
    return Entry(
        at=delivery.ended_at or delivery.created_at,
        state=delivery.state,
        title=title % facts,
        text=said(delivery.message),
        payload=payload(delivery),
    )


def _done(delivery: Delivery) -> str:
    match delivery.done_by:
        case "equal":
            return _("%(target)s had it already: %(kind)s, no call made")
        case "linked":
            return _("Linked with what %(target)s has: %(kind)s")
        case "found":
            return _("Found in %(target)s: %(kind)s")
    return _("Written to %(target)s: %(kind)s")


def payload(delivery: Delivery) -> str:
    """What a write carried when it last left, masked; "" where nothing left yet."""
    kept = bytes(delivery.payload or b"")
    try:
        raw = zlib.decompress(kept) if kept else bytes(delivery.frozen or b"")
        told = msgspec.json.decode(raw) if raw else None
    except (zlib.error, msgspec.DecodeError, RecursionError):
        return ""
    if isinstance(told, dict) and "payload" in told:
        # What else was frozen with it are digests and names of ours.
        told = told["payload"]
    return laid_out(told)


def laid_out(value: Any) -> str:
    """A JSON value as people read it, without secrets; "" for none."""
    if value is None:
        return ""
    text = msgspec.json.format(msgspec.json.encode(without_secrets(value)), indent=2)
    return text.decode()[:LONGEST]


def _problems(item: Item) -> list[Entry]:
    named: Any = Q(record__in=item.about)
    for link in item.links:
        named |= Q(
            connection=link.connection_id,
            kind=link.kind,
            external_id=link.external_id,
        )
    stored = SyncError.objects.for_tenant(item.tenant).filter(named)
    joined = stored.select_related("connection").order_by("-last_at")
    return [_problem(error) for error in joined[:MOST]]


def _problem(error: SyncError) -> Entry:
    over = error.resolved_at if error.state == ErrorState.RESOLVED else None
    words = ngettext(
        "Problem in %(connection)s",
        "Problem in %(connection)s, %(count)s times",
        error.count,
    )
    facts = {"connection": error.connection, "count": error.count}
    return Entry(
        at=over or error.last_at,
        state=error.state,
        title=words % facts,
        text=said(error.message),
        page="errors_group",
        key=error.group,
    )


def _deeds(item: Item) -> list[Entry]:
    """What people did; told apart from namesakes where the deed names its record."""
    since = timezone.now() - LOOKED_BACK
    names = {str(item.record), *(str(part.record) for part in item.parts)}
    uids = {str(item.record.uid), *(str(part.record.uid) for part in item.parts)}
    stored = AuditEvent.objects.for_tenant(item.tenant).filter(
        at__gte=since, subject__in=[name[:300] for name in names]
    )
    found = []
    for deed in stored.order_by("-at")[:MOST]:
        about = deed.after if isinstance(deed.after, dict) else {}
        if about.get("record", next(iter(uids))) in uids:
            found.append(_deed(deed, about))
    return found


def _deed(deed: AuditEvent, about: dict[str, Any]) -> Entry:
    known = DEEDS.get(deed.verb)
    words = known() if known else deed.verb.replace("_", " ")
    place = [about.get("connection"), about.get("external_id"), about.get("route")]
    return Entry(
        at=deed.at,
        state="done",
        title=_("%(who)s %(what)s") % {"who": deed.actor or "Weft", "what": words},
        text=", ".join(str(part) for part in place if part),
    )


def _names(item: Item) -> dict[int, set[str]]:
    """What each connection calls it."""
    names: dict[int, set[str]] = {}
    for link in item.links:
        names.setdefault(link.connection_id, set()).add(link.external_id)
    return names


def _reads(item: Item) -> list[Entry]:
    """The reads that asked for it by id, among the last of its connections."""
    names = _names(item)
    stored = Run.objects.for_tenant(item.tenant).filter(
        connection__in=names, created_at__gte=timezone.now() - LOOKED_BACK
    )
    latest = stored.select_related("connection").order_by("-created_at")[:LOOKED_AT]
    return [_read(run) for run in latest if names[run.connection_id] & set(_asked(run))]


def _asked(run: Run) -> Sequence[str]:
    """The ids a read was asked for; none where it reads a list."""
    ids = run.selection.get("ids") if isinstance(run.selection, dict) else None
    return [str(each) for each in ids or ()]


def _read(run: Run) -> Entry:
    title = _("Read from %(connection)s")
    if run.state == RunState.DONE and not (run.created or run.updated):
        title = _("Read from %(connection)s: nothing had changed")
    elif run.state == RunState.DONE:
        title = _("Read from %(connection)s: something had changed")
    return Entry(
        at=run.ended_at or run.created_at,
        state=run.state,
        title=title % {"connection": run.connection},
        text=said(run.message),
        page="runs_show",
        key=run.pk,
    )


def _calls(item: Item) -> list[Entry]:
    """The platforms' own calls that named it, among the last of its connections."""
    names = _names(item)
    stored = WebhookEvent.objects.for_tenant(item.tenant).filter(
        connection__in=names, received_at__gte=timezone.now() - LOOKED_BACK
    )
    latest = stored.select_related("connection").defer("body", "headers")
    return [
        Entry(
            at=event.received_at,
            state=event.state,
            title=_("%(connection)s called: %(topic)s")
            % {"connection": event.connection, "topic": event.topic or event.stream},
            text=event.reason,
            page="webhooks_show",
            key=event.pk,
        )
        for event in latest.order_by("-pk")[:LOOKED_AT]
        if names[event.connection_id] & {str(each) for each in event.ids}
    ]
