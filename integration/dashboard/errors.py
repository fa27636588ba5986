"""Errors: grouped with what to do, one group with its items, and one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from integration.dashboard import mend_links
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.csv_export import streamed
from integration.dashboard.error_filters import AGES, of_query, to_text
from integration.dashboard.paging import sliced
from integration.engine import editing, retries
from integration.insight import errors, payload, standing
from integration.models import Connection, Link, Role, Run
from integration.models.route import KINDS
from synclog import saying
from synclog.advice import CLASSES, advice_for
from synclog.matching import class_of, matching
from synclog.models import LIVE_ERRORS, SyncError
from synclog.problem import AGAIN, BRING, CHECK, LEAVE, MEND, OURS, SET_UP, WAIT

# Hints that say no more than the catalogue does.
GENERAL = (AGAIN, BRING, CHECK, LEAVE, MEND, OURS, SET_UP, WAIT)
BY_TIME = ("-last_at", "-pk")
# Rows of an item's history that a page shows.
EARLIER = 10


@page(Role.VIEWER)
def show(request: MemberRequest) -> HttpResponse:
    """The groups, the one that happened last first."""
    filters = of_query(request.GET)
    found = sliced(
        errors.grouped(request.tenant, filters),
        ("-last", "group"),
        request.GET.get("after", ""),
    )
    told = [
        {"group": each, "mend": _mend_group(request, each)}
        for each in errors.groups(request.tenant, found.rows)
    ]
    context = {"groups": told, "slice": found, **_frame(request, filters)}
    return render(request, "dashboard/errors/list.html", context)


def _frame(request: MemberRequest, filters: Mapping[str, Any]) -> dict[str, Any]:
    """What stands above a list: tabs with counts, and the filters."""
    counts = errors.tabs(request.tenant, filters)
    return {
        "filters": filters,
        "as_query": to_text(filters),
        "tabs": [
            (name, _number(counts[name]), counts[name] > 0)
            for name in ("open", "retrying", "ignored", "resolved")
        ],
        "tab": filters.get("tab", ""),
        "filtered": bool(set(filters) - {"tab", "group"}),
        "classes": CLASSES,
        "ages": AGES,
        "kinds": [name for name, words in KINDS],
        "connections": Connection.objects.for_tenant(request.tenant),
        "last_run": _last_run(request),
    }


def _number(count: int) -> str:
    return f"{errors.MANY:,}+" if count > errors.MANY else f"{count:,}"


def _last_run(request: MemberRequest) -> Any:
    """When something was last read: what an empty list of problems is worth."""
    runs = Run.objects.for_tenant(request.tenant).filter(ended_at__isnull=False)
    return runs.order_by("-pk").values_list("ended_at", flat=True).first()


def _mend_group(request: MemberRequest, group: errors.Group) -> mend_links.Link | None:
    return mend_links.of(
        request.tenant, group.advice.mend, group.connection, group.route
    )


@page(Role.VIEWER)
def one_group(request: MemberRequest, key: str) -> HttpResponse:
    """One group: what it means, what to do, and the items it struck."""
    group = errors.group(request.tenant, key)
    if group is None:
        raise Http404
    filters = {**of_query(request.GET, _best_tab(group)), "group": key}
    chosen = matching(request.tenant, filters)
    found = sliced(errors.items(chosen), BY_TIME, request.GET.get("after", ""))
    context = {
        "group": group,
        "mend": _mend_group(request, group),
        "lines": [(error, errors.state_of(error)) for error in found.rows],
        "slice": found,
        "matching": _number(errors.counted(chosen)),
        **_frame(request, filters),
    }
    return render(request, "dashboard/errors/group.html", context)


def _best_tab(group: errors.Group) -> str:
    """Where there is something to see: open ones, else those Weft is at."""
    if group.needs_you:
        return "open"
    return "retrying" if group.retrying or group.waiting else ""


@page(Role.VIEWER)
def show_one(request: MemberRequest, pk: int) -> HttpResponse:
    """One problem: what happened, why, what to do, what Weft does next."""
    own = errors.items(SyncError.objects.for_tenant(request.tenant))
    error = get_object_or_404(own, pk=pk)
    advice = advice_for(error.code, error.who)
    delivery = error.delivery
    live = error.state in LIVE_ERRORS
    context = {
        "error": error,
        "state": errors.state_of(error),
        "advice": advice,
        "sort": CLASSES[class_of(error.who, error.code)],
        "mend": mend_links.of(
            request.tenant,
            advice.mend,
            error.connection,
            delivery.route_id if delivery else None,
            error.record,
        ),
        "item": mend_links.of_record(request.tenant, error.record)
        if error.record
        else "",
        "delivery": delivery,
        "next_try": standing.next_try(delivery) if delivery and live else None,
        "tries": standing.tries(delivery) if delivery and live else None,
        "waits": standing.REASONS.get(delivery.wait_reason) if delivery else "",
        "safety": _safety(error),
        "hint": _hint(error),
        "payload": payload.shown(delivery) if delivery else "",
        "editable": bool(live and delivery and editing.editable(delivery)),
        "retriable": retries.retriable(own.filter(pk=pk)).exists(),
        "earlier": errors.history(error)[:EARLIER],
    }
    return render(request, "dashboard/errors/one.html", context)


def _hint(error: SyncError) -> str:
    """What is said of this very problem beyond what the catalogue says of its code."""
    for general in GENERAL:
        if error.hint.startswith(general):
            return saying.said(error.hint.removeprefix(general).strip())
    return saying.said(error.hint)


def _safety(error: SyncError) -> str:
    """Whether trying again can double anything."""
    delivery = error.delivery
    if delivery is None or error.state not in LIVE_ERRORS:
        return ""
    link = Link.objects.for_tenant(error.tenant_id).filter(
        connection=delivery.route.target_id,
        kind=delivery.kind,
        record=delivery.record_id,
    )
    return standing.safety(delivery, link.first())


@page(Role.VIEWER)
def as_csv(request: MemberRequest) -> HttpResponse:
    """What fits the filters as a file, row by row."""
    chosen = matching(request.tenant, of_query(request.GET, tab=""))
    header = [
        *(_("Item"), _("Id"), _("Kind"), _("Connection"), _("State"), _("Class")),
        *(_("Title"), _("Message"), _("Code"), _("Field"), _("Count")),
        *(_("First seen"), _("Last seen")),
    ]
    today = f"{timezone.localdate():%Y-%m-%d}"
    name = f"errors-{request.tenant.slug}-{today}"
    return cast(HttpResponse, streamed(_rows(chosen), header, name))


def _rows(chosen: Any) -> Iterator[list[Any]]:
    for error in errors.listed(chosen).iterator(chunk_size=500):
        yield [
            error.label,
            error.external_id,
            error.kind,
            error.connection.label,
            errors.state_of(error),
            CLASSES[class_of(error.who, error.code)],
            advice_for(error.code, error.who).title,
            saying.said(error.message),
            error.code,
            error.field,
            error.count,
            error.first_at,
            error.last_at,
        ]


urlpatterns = [
    path("", show, name="errors"),
    path("csv/", as_csv, name="errors_csv"),
    path("group/<str:key>/", one_group, name="errors_group"),
    path("<int:pk>/", show_one, name="errors_show"),
]
