"""Not linked yet: what a route's source shows and its target does not have, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integration.canonical.kinds import SALES
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.items import chosen_records
from integration.engine import linking, unlinked
from integration.engine.unlinked import Counts, Reason
from integration.insight.state import routes_of
from integration.jobs import bell
from integration.models import Policy, Record, Role, Route

REASONS = {
    Reason.NEVER_MATCHED: gettext_lazy("Nothing there matched, or a filter holds it"),
    Reason.AMBIGUOUS: gettext_lazy("Several things there match"),
    Reason.REFUSED: gettext_lazy("The platform refused it"),
    Reason.WAITING: gettext_lazy("On its way"),
}


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The routes with how many each lacks, and what the chosen one lacks."""
    routes = _routes(request)
    counted = list(zip(routes, unlinked.counted(routes), strict=True))
    chosen = _chosen(request, counted)
    asked = request.GET.get("reason", "")
    reasons = [Reason(asked)] if asked in list(Reason) else []
    after = request.GET.get("after", "")
    begin = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows: list[unlinked.Unlinked] = []
    if chosen is not None:
        rows = unlinked.listed(chosen[0], reasons, unlinked.MOST + 1, begin)
    more = len(rows) > unlinked.MOST
    rows = rows[: unlinked.MOST]
    context: dict[str, Any] = {
        "routes": counted,
        "chosen": chosen,
        "counts": [(str(r), w, _count(chosen, r)) for r, w in REASONS.items()],
        "reason": asked,
        "lines": _lines(request, rows),
        "slice": {"after": rows[-1].link_id if more else "", "first": not begin},
    }
    return render(request, "dashboard/unlinked/list.html", context)


@page(Role.OPERATOR)
def create(request: MemberRequest) -> HttpResponse:
    """Create the chosen ones on the target: asks first."""
    keys = {str(route.pk): route for route in _routes(request)}
    route = keys.get(request.GET.get("route", ""))
    if route is None:
        raise Http404
    address = reverse("dashboard:items_unlinked", args=[request.tenant.slug])
    back = f"{address}?route={route.pk}"
    records = chosen_records(request)
    if not records:
        messages.info(request, _("Choose at least one item first."))
        return redirect(back)
    if request.method == "POST":
        count = linking.create(route, records, request.user)
        bell.ring()
        words = ngettext(
            "%(count)s item is planned.", "%(count)s items are planned.", count
        )
        messages.success(request, words % {"count": count})
        return redirect(back)
    context = {
        "title": ngettext(
            "Create %(count)s item in %(target)s?",
            "Create %(count)s items in %(target)s?",
            len(records),
        )
        % {"count": len(records), "target": route.target},
        "words": [
            ", ".join(str(record) for record in records[:10]),
            _(
                "What is there already is found and linked, not made twice. The rest "
                "is created."
            ),
            *(
                [_("This route otherwise only links: these are made all the same.")]
                if route.policy == Policy.LINK_ONLY
                else []
            ),
        ],
        "cost": _(
            "at least one call for what is written, and one to look for it first"
        ),
        "button": _("Create"),
        "back": back,
    }
    return render(request, "dashboard/ask.html", context)


def _routes(request: MemberRequest) -> list[Route]:
    """The routes in force that bring items."""
    return [
        route
        for route in routes_of(request.tenant)
        if route.enabled and route.kind not in SALES
    ]


def _chosen(
    request: MemberRequest, counted: list[tuple[Route, Counts]]
) -> tuple[Route, Counts] | None:
    """The route asked for, else the first that lacks something."""
    asked = request.GET.get("route", "")
    for route, counts in counted:
        if str(route.pk) == asked:
            return route, counts
    lacking = [each for each in counted if each[1].open]
    return next(iter(lacking or counted), None)


def _count(chosen: tuple[Route, Counts] | None, reason: Reason) -> int:
    return chosen[1].by_reason.get(reason, 0) if chosen else 0


def _lines(
    request: MemberRequest, rows: list[unlinked.Unlinked]
) -> list[tuple[unlinked.Unlinked, Any, Any]]:
    stored = Record.objects.for_tenant(request.tenant).filter(
        pk__in=[row.record_id for row in rows]
    )
    records = {record.pk: record for record in stored}
    return [
        (row, records[row.record_id], REASONS[row.reason])
        for row in rows
        if row.record_id in records
    ]


urlpatterns = [
    path("not-linked/", show, name="items_unlinked"),
    path("not-linked/create/", create, name="items_unlinked_create"),
]
