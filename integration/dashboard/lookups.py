"""Lookups: the words each platform lets one choose from, as they were last fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.contract import registry
from integration.contract.messages import Everything
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.paging import sliced
from integration.dashboard.templatetags.called import costing
from integration.engine import cost, lookups
from integration.insight.history import laid_out
from integration.jobs import bell
from integration.models import Connection, Lookup, Role


class Table(NamedTuple):
    """One table of a connection: how many words it has and when it was last read."""

    connection: Connection
    name: str
    entries: int
    seen_at: datetime | None


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The tables, and the entries of the chosen one."""
    tables = _tables(request)
    chosen = _chosen(request, tables)
    term = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    context: dict[str, Any] = {"tables": tables, "chosen": chosen, "term": term}
    if chosen is not None:
        rows = Lookup.objects.for_tenant(request.tenant).filter(
            connection=chosen.connection, table=chosen.name
        )
        if term:
            rows = rows.filter(
                Q(external_id__icontains=term)
                | Q(code__icontains=term)
                | Q(label__icontains=term)
            )
        found = sliced(rows, ("external_id", "pk"), request.GET.get("after", ""))
        context["slice"] = found
        context["entries"] = [
            (row, laid_out(row.data) if row.data else "") for row in found.rows
        ]
    return render(request, "dashboard/lookups/list.html", context)


@page(Role.OPERATOR)
def again(request: MemberRequest, pk: int) -> HttpResponse:
    """Read every list of entries of a connection anew: asks with the calls first."""
    rows = Connection.objects.for_tenant(request.tenant)
    connection = get_object_or_404(rows, pk=pk)
    declared = registry.connectors().get(connection.platform)
    streams = list(declared.tables().values()) if declared else []
    if not streams:
        raise Http404
    back = reverse("dashboard:lookups", args=[request.tenant.slug])
    if request.method == "POST":
        runs = lookups.read_again(connection, request.user)
        bell.ring()
        words = ngettext(
            "%(count)s list is read.", "%(count)s lists are read.", len(runs)
        )
        messages.success(request, words % {"count": len(runs)})
        return redirect(back)
    context = {
        "title": _("Read the lists of %(place)s again?") % {"place": connection},
        "words": [
            _(
                "What is new there can be chosen afterwards. What vanished is marked "
                "as no longer in use."
            )
        ],
        "cost": costing(cost.of_streams(connection, streams, Everything())),
        "button": _("Read again"),
        "back": back,
    }
    return render(request, "dashboard/ask.html", context)


def _tables(request: MemberRequest) -> Sequence[Table]:
    """The tables of all connections, also those that hold nothing yet; two
    statements."""
    stored = Lookup.objects.for_tenant(request.tenant).order_by()
    counted = {
        (row["connection"], row["table"]): row
        for row in stored.values("connection", "table").annotate(
            count=Count("pk"), seen=Max("seen_at")
        )
    }
    found = []
    for connection in Connection.objects.for_tenant(request.tenant).order_by("label"):
        declared = registry.connectors().get(connection.platform)
        names = set(declared.tables()) if declared else set()
        names |= {name for pk, name in counted if pk == connection.pk}
        for name in sorted(names):
            row = counted.get((connection.pk, name), {"count": 0, "seen": None})
            found.append(Table(connection, name, row["count"], row["seen"]))
    return found


def _chosen(request: MemberRequest, tables: Sequence[Table]) -> Table | None:
    wanted = (request.GET.get("connection", ""), request.GET.get("table", ""))
    for table in tables:
        if (str(table.connection.pk), table.name) == wanted:
            return table
    return next((table for table in tables if table.entries), next(iter(tables), None))


urlpatterns = [
    path("", show, name="lookups"),
    path("<int:pk>/again/", again, name="lookups_again"),
]
