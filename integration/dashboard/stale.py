"""Stale items: what was not seen for longest, list by list, and a look at it now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.contract.messages import These
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.templatetags.called import costing
from integration.engine import looking, stale
from integration.engine.looking import Look
from integration.insight import ages
from integration.insight.ages import List
from integration.jobs import bell
from integration.models import Link, Role
from synclog import journal

# How many of the oldest rows may be looked at together.
LOOKS = (10, 50)


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The lists with their oldest row, and the oldest rows of the chosen one."""
    lists = ages.lists(request.tenant)
    chosen = _chosen(request, lists) or next(iter(lists), None)
    now = timezone.now()
    context: dict[str, Any] = {"lists": lists, "chosen": chosen, "looks": LOOKS}
    if chosen is not None:
        rows = stale.listed(chosen.connection, chosen.stream)
        uids = _uids(request, chosen, [row.external_id for row in rows])
        context["ages"] = ages.ages(request.tenant, chosen, now)
        context["rows"] = [(row, uids.get(row.external_id)) for row in rows]
    return render(request, "dashboard/stale/list.html", context)


@page(Role.OPERATOR)
def look(request: MemberRequest) -> HttpResponse:
    """Look at the oldest rows of a list now: asks with the number of calls first."""
    chosen = _chosen(request, ages.lists(request.tenant))
    count = request.GET.get("count", "")
    if chosen is None or count not in map(str, LOOKS):
        raise Http404
    rows = stale.listed(chosen.connection, chosen.stream, int(count))
    asked = These(tuple(row.external_id for row in rows))
    looks = [Look(chosen.connection, chosen.stream, asked)]
    address = reverse("dashboard:stale", args=[request.tenant.slug])
    back = f"{address}?connection={chosen.connection.pk}&list={chosen.stream.key}"
    if not rows or not chosen.stream.fetchable:
        messages.info(request, _("This list cannot be asked for single rows."))
        return redirect(back)
    if request.method == "POST":
        journal.audit(
            request.tenant, "read_oldest", str(chosen.connection), user=request.user
        )
        looking.begin(looks)
        bell.ring()
        messages.success(request, _("They are looked at now."))
        return redirect(back)
    facts = {"count": len(rows), "place": chosen.connection}
    words = ngettext(
        "Look at the %(count)s oldest row in %(place)s?",
        "Look at the %(count)s oldest rows in %(place)s?",
        len(rows),
    )
    context = {
        "title": words % facts,
        "words": [_("What changed unseen is found, and what is there no more.")],
        "cost": costing(looking.costs(looks)),
        "button": _("Look now"),
        "back": back,
    }
    return render(request, "dashboard/ask.html", context)


def _chosen(request: MemberRequest, lists: list[List]) -> List | None:
    """The list the address names."""
    wanted = (request.GET.get("connection", ""), request.GET.get("list", ""))
    for each in lists:
        if (str(each.connection.pk), each.stream.key) == wanted:
            return each
    return None


def _uids(request: MemberRequest, chosen: List, ids: list[str]) -> dict[str, Any]:
    """The records behind the rows, in one statement."""
    links = Link.objects.for_tenant(request.tenant).filter(
        connection=chosen.connection, kind=chosen.stream.main, external_id__in=ids
    )
    return dict(links.values_list("external_id", "record__uid"))


urlpatterns = [
    path("", show, name="stale"),
    path("look/", look, name="stale_look"),
]
