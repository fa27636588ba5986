"""One item: why it stands as it does, its platforms side by side, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integration.canonical.kinds import SALES, Kind
from integration.dashboard.access import MemberRequest, page
from integration.engine import ignoring, linking, looking
from integration.errors import SyncFailure
from integration.insight import candidates, finding, history, item, why
from integration.jobs import bell
from integration.models import Connection, Link, Policy, Record, Role, Route, Run
from integration.models.run import ACTIVE_RUNS
from synclog import saying

# A page stops asking how a read goes after so long.
PATIENCE = timedelta(minutes=10)
RUNS_MOST = 20


@page()
def show(request: MemberRequest, uid: str) -> HttpResponse:
    """The page; of what was merged away the page of what it became."""
    record = _record(request, uid)
    if record.merged_into is not None:
        return redirect(
            "dashboard:items_show", request.tenant.slug, record.merged_into.uid
        )
    if record.kind in SALES:
        section, of = finding.page_of(record)
        return redirect(f"dashboard:{section}_show", request.tenant.slug, of)
    standing = _standing(request, record)
    context = {**standing, "history": history.entries(standing["item"])}
    return render(request, "dashboard/item/show.html", context)


@page()
def state(request: MemberRequest, uid: str) -> HttpResponse:
    """How it stands now, for the page that waits for a read of it."""
    standing = _standing(request, _record(request, uid))
    return render(request, "dashboard/item/_now.html", standing)


@require_POST
@page(Role.OPERATOR)
def sync(request: MemberRequest, uid: str) -> HttpResponse:
    """Read it anew wherever it is known; the page then follows the reads."""
    runs = looking.sync_now([_record(request, uid)], request.user)
    bell.ring()
    if not runs:
        messages.warning(request, _("None of its platforms can be asked for one item."))
    asked = urlencode({"runs": ",".join(str(run.pk) for run in runs[:RUNS_MOST])})
    address = reverse("dashboard:items_show", args=[request.tenant.slug, uid])
    return redirect(f"{address}?{asked}" if runs else address)


@require_POST
@page(Role.OPERATOR)
def heed(request: MemberRequest, uid: str) -> HttpResponse:
    """Stop ignoring it."""
    chosen = Record.objects.for_tenant(request.tenant).filter(
        pk=_record(request, uid).pk
    )
    if ignoring.heed(request.tenant, chosen, request.user):
        bell.ring()
        messages.success(request, _("It is kept in step again."))
    return redirect("dashboard:items_show", request.tenant.slug, uid)


@page(Role.ADMIN)
def link(request: MemberRequest, uid: str) -> HttpResponse:
    """Say what it is on another platform: chosen among what is there, or by its id."""
    record = _record(request, uid)
    places = _lacking(request, record)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = asked.get("connection", "")
    chosen = next((each for each in places if str(each.pk) == wanted), None)
    if chosen is None and not wanted:
        chosen = next(iter(places), None)
    context: dict[str, Any] = {"record": record, "places": places, "chosen": chosen}
    context["term"] = request.GET.get("q", "").strip()[:200]
    if chosen is not None and request.method == "POST":
        try:
            linking.link(record, chosen, asked.get("external_id", ""), request.user)
        except SyncFailure as failure:
            context["failure"] = failure
        else:
            bell.ring()
            words = _("Linked with %(connection)s.") % {"connection": chosen}
            messages.success(request, words)
            return redirect("dashboard:items_show", request.tenant.slug, uid)
    if chosen is not None:
        context["candidates"] = candidates.of(
            request.tenant, record, chosen, context["term"]
        )
    return render(request, "dashboard/item/link.html", context)


@page(Role.ADMIN)
def unlink(request: MemberRequest, uid: str, pk: int) -> HttpResponse:
    """Take one platform off it: asks with the consequence first."""
    record = _record(request, uid)
    rows = Link.objects.for_tenant(request.tenant).select_related("connection")
    chosen = get_object_or_404(rows, pk=pk, record=record)
    back = reverse("dashboard:items_show", args=[request.tenant.slug, uid])
    if request.method == "POST":
        try:
            linking.unlink(chosen, request.user)
        except SyncFailure as failure:
            messages.error(request, saying.told(failure))
        else:
            words = _("Unlinked from %(connection)s.") % {
                "connection": chosen.connection
            }
            messages.success(request, words)
        return redirect(back)
    facts = {"name": record, "place": chosen.connection, "id": chosen.external_id}
    context = {
        "title": _("Unlink %(name)s from %(place)s?") % facts,
        "words": [
            _(
                "%(id)s in %(place)s becomes an item of its own. Nothing is deleted "
                "anywhere."
            )
            % facts,
            _(
                "Weft does not link the two again by itself, and writes nothing of "
                "either there until a person links it."
            ),
        ],
        "button": _("Unlink"),
        "back": back,
        "danger": True,
    }
    return render(request, "dashboard/ask.html", context)


def _record(request: MemberRequest, uid: str) -> Record:
    rows = Record.objects.for_tenant(request.tenant)
    return get_object_or_404(rows.select_related("parent", "merged_into"), uid=uid)


def _lacking(request: MemberRequest, record: Record) -> list[Connection]:
    """The connections that do not know it and could."""
    if record.merged_into_id or record.kind in SALES:
        raise Http404
    links = Link.objects.for_tenant(request.tenant).filter(
        record=record, kind=record.kind
    )
    rows = Connection.objects.for_tenant(request.tenant).exclude(
        pk__in=links.values("connection")
    )
    # Where a route would bring it is where it is most likely missed.
    filled = Route.objects.for_tenant(request.tenant).filter(
        target=OuterRef("pk"), kind=record.kind, enabled=True
    )
    likely = rows.annotate(filled=Exists(filled))
    return list(likely.order_by("-filled", "label", "pk"))


def _standing(request: MemberRequest, record: Record) -> dict[str, Any]:
    """What the part of the page shows that follows a read."""
    # Before all else: a read that ends while the rest is asked for is followed once
    # more, and what is shown when none is left was asked for after its end.
    following = _following(request)
    found = item.load(request.tenant, record)
    looks = looking.at([found.record])
    return {
        "item": found,
        "record": found.record,
        "why": why.sentence(found),
        "cost": looking.costs(looks) if looks else None,
        "following": following,
        "runs": request.GET.get("runs", ""),
        "sold": found.record.kind != Kind.CUSTOMER,
        "linked_only": any(column.linked_only for column in found.columns),
        "creates": [r for r in found.lacking if r.policy != Policy.LINK_ONLY],
    }


def _following(request: MemberRequest) -> str:
    """How the reads go that a person asked for just now: in words, "" when over."""
    keys = [key for key in request.GET.get("runs", "").split(",") if key.isdecimal()]
    if not keys:
        return ""
    active = (
        Run.objects.for_tenant(request.tenant)
        .filter(
            pk__in=[int(key) for key in keys[:RUNS_MOST]],
            state__in=ACTIVE_RUNS,
            created_at__gte=timezone.now() - PATIENCE,
        )
        .count()
    )
    if not active:
        return ""
    words = ngettext(
        "Syncing: %(count)s read is under way.",
        "Syncing: %(count)s reads are under way.",
        active,
    )
    return words % {"count": active}


urlpatterns = [
    path("<uuid:uid>/", show, name="items_show"),
    path("<uuid:uid>/state/", state, name="items_state"),
    path("<uuid:uid>/sync/", sync, name="items_sync_one"),
    path("<uuid:uid>/heed/", heed, name="items_heed"),
    path("<uuid:uid>/link/", link, name="items_link"),
    path("<uuid:uid>/unlink/<int:pk>/", unlink, name="items_unlink"),
]
