"""Preview: what a route would write of five items, beside what is there now."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from integration.canonical.kinds import Kind, owner_kind
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.routes import workable
from integration.engine import newest
from integration.engine.preview import MOST, Change, Deed, Previewed, preview
from integration.insight import texts
from integration.models import Link, MatchKey, Record, Route
from integration.models.record import normalised

DEEDS = {
    Deed.CREATE: _("Would be looked for there, and created where it is not found."),
    Deed.UPDATE: _("Would be updated: what is marked is sent."),
    Deed.EQUAL: _("Nothing would be sent: the target has it all."),
    Deed.LINK: _("Linked, never overwritten: nothing would be written."),
    Deed.LEFT: _("It is there already, and this route changes nothing there."),
    Deed.WAITS: _("Would wait for something else first."),
    Deed.REFUSED: _("Could not be sent."),
    Deed.OVER: _("Would not be sent at all."),
}
WHY = {
    "owner": _("What it belongs to is not there yet."),
    "merged": _("It was found to be the same as another item."),
    "source_unknown": _("The source has not shown it yet."),
    "gone": _("The source no longer has it."),
    "ignored": _("Somebody said to ignore it."),
    "filtered": _("The filters of this route leave it out."),
}
CHANGES = {
    Change.NEW: _("new"),
    Change.CHANGED: _("changes"),
    Change.SAME: _("the same"),
    Change.KEPT: _("only sent when it is created"),
}
TONES = {
    Deed.CREATE: "ok",
    Deed.UPDATE: "ok",
    Deed.WAITS: "warn",
    Deed.REFUSED: "bad",
}


class Line(NamedTuple):
    """One field as the page shows it."""

    name: str
    there: str
    known: bool
    to_come: str
    change: Change
    word: Any


class Shown(NamedTuple):
    """One record as the page shows it."""

    record: Record
    deed: Any
    tone: str
    why: Any
    field: str
    lines: list[Line]


@page()
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """Five items: those searched for, else those seen last."""
    route = workable(request, pk)
    searched = request.GET.get("q", "").strip()[:200]
    records = _found(route, searched) if searched else _newest(route)
    context = {
        "route": route,
        "at": "preview",
        "searched_for": searched,
        "found": [_shown(each) for each in preview(route, records)],
    }
    return render(request, "dashboard/mapping/preview.html", context)


def _newest(route: Route) -> list[Record]:
    """What the source showed last."""
    shown = newest.links([(route.source_id, route.kind)], MOST)
    return [link.record for link in shown.select_related("record")[:MOST]]


def _found(route: Route, searched: str) -> list[Record]:
    """By key (SKU, e-mail), by any platform's id, by the beginning of the name; each
    by an index."""
    kind = owner_kind(Kind(route.kind))
    mine = Record.objects.for_tenant(route.tenant_id)
    by_key = MatchKey.objects.for_tenant(route.tenant_id).filter(
        kind=kind, value=normalised(searched)
    )
    by_id = Link.objects.for_tenant(route.tenant_id).filter(external_id=searched)
    exactly = mine.filter(
        Q(pk__in=by_key.values("record")[:MOST]) | Q(pk__in=by_id.values("record")),
        kind=kind,
    )
    found = list(exactly[:MOST])
    named = mine.filter(kind=kind, label__startswith=searched)
    rest = named.exclude(pk__in=[each.pk for each in found]).order_by("label", "pk")
    return found + list(rest[: MOST - len(found)])


def _shown(each: Previewed) -> Shown:
    lines = [
        Line(
            line.name,
            texts.words(line.there, line.name),
            line.known,
            texts.words(line.to_come, line.name),
            line.change,
            CHANGES[line.change],
        )
        for line in each.lines
    ]
    why = WHY.get(each.why, each.why)
    return Shown(
        each.record,
        DEEDS[each.deed],
        TONES.get(each.deed, "idle"),
        why,
        each.field,
        lines,
    )


urlpatterns = [path("<int:pk>/preview/", show, name="routes_preview")]
