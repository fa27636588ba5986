"""Start a run: what each way of reading does and costs, before it is asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integration.contract.messages import Changed, Everything, Oldest, Selection
from integration.dashboard.access import MemberRequest, may, page
from integration.dashboard.templatetags.called import costing, things
from integration.engine import cost, reread
from integration.engine.cost import Estimate
from integration.insight import runs
from integration.jobs import bell
from integration.models import Connection, Role, Route, Run

# What was read, as a way to start it once more.
AGAIN = {"Changed": "changed", "Oldest": "oldest", "Everything": "full"}
WRITES = gettext_lazy("Writes of what differs come on top of the calls to read.")


class Way(NamedTuple):
    """One way of reading: its name in the address, its title, what it does, and what
    the reading costs."""

    what: str
    title: Any
    consequence: str
    selection: Selection
    cost: Estimate


class Place(NamedTuple):
    """What is read: a connection's lists, or those of one route."""

    connection: Connection
    route: Route | None

    @property
    def query(self) -> str:
        """How an address names it."""
        if self.route is not None:
            return f"route={self.route.pk}"
        return f"connection={self.connection.pk}"

    @property
    def label(self) -> str:
        """What people call it."""
        if self.route is None:
            return self.connection.label
        ends = f"{self.route.source} → {self.route.target}"
        return f"{things(self.route.kind)}: {ends}"

    def cost(self, selection: Selection) -> Estimate:
        """What reading it so costs."""
        if self.route is None:
            return cost.of_connection(self.connection, selection)
        return cost.estimate(self.connection, selection, [self.route.kind])

    def read(self, selection: Selection, user: Any) -> list[Run]:
        """Ask for it."""
        if self.route is None:
            return reread.connection(self.connection, selection, user)
        return reread.route(self.route, selection, user)


@page(Role.OPERATOR)
def start(request: MemberRequest) -> HttpResponse:
    """Choose what and how; then the question; a POST asks for the run."""
    place = _place(request)
    if place is None:
        own = Connection.objects.for_tenant(request.tenant).order_by("label")
        return render(request, "dashboard/runs/where.html", {"connections": own})
    what = request.GET.get("what", "")
    if not what:
        context = {
            "place": place,
            "ways": ways(place),
            "logs": runs.last_syncs(request.tenant).filter(connection=place.connection),
        }
        return render(request, "dashboard/runs/start.html", context)
    way = next((each for each in ways(place) if each.what == what), None)
    if way is None:
        raise Http404
    if request.method == "POST":
        return _begun(request, place, way)
    return _asked(request, place, way)


def _place(request: MemberRequest) -> Place | None:
    key, name = request.GET.get("route", ""), request.GET.get("connection", "")
    if key:
        own = Route.objects.for_tenant(request.tenant)
        route = get_object_or_404(
            own.select_related("source", "target"), pk=_number(key)
        )
        return Place(route.source, route)
    if not name:
        return None
    connections = Connection.objects.for_tenant(request.tenant)
    return Place(get_object_or_404(connections, pk=_number(name)), None)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def ways(place: Place) -> list[Way]:
    """All ways of reading, the cheapest sort first."""
    few = place.connection.rotate_items or 10
    oldest = ngettext("The oldest %(n)s", "The oldest %(n)s", few) % {"n": few}
    made: list[tuple[str, Any, str, Selection]] = [
        (
            "changed",
            _("Changed only"),
            _("Reads what changed since the last look. This is what the clock does."),
            Changed(),
        ),
        (
            "oldest",
            oldest,
            _("Reads what was not seen for longest, whether it changed or not."),
            Oldest(few),
        ),
        ("full", _("Full"), _full(place), Everything()),
        (
            "resend",
            _("Full, send everything again"),
            f"{_full(place)} {_resent()}",
            Everything(resend=True),
        ),
    ]
    found = [Way(*each, place.cost(each[-1])) for each in made]
    # Where no list can be asked by id, there is no oldest to ask for.
    return [way for way in found if way.what != "oldest" or way.cost.calls]


def _full(place: Place) -> str:
    told = _(
        "Reads everything there is and writes what differs. What is not listed any "
        "more is taken off sale; if that is much, Weft asks you first."
    )
    if place.route is None:
        return f"{told} {_('Orders and invoices are left out.')}"
    return told


def _resent() -> str:
    return _(
        "All of it is written again, even what is equal: what was edited by hand on "
        "the targets is overwritten, and their calls are used."
    )


def _asked(request: MemberRequest, place: Place, way: Way) -> HttpResponse:
    back = reverse("dashboard:runs_start", args=[request.tenant.slug])
    context = {
        "title": f"{way.title}: {place.label}",
        "words": [way.consequence, WRITES],
        "cost": costing(way.cost),
        "button": _("Start"),
        "back": f"{back}?{place.query}",
        "danger": way.what == "resend",
    }
    return render(request, "dashboard/ask.html", context)


def _begun(request: MemberRequest, place: Place, way: Way) -> HttpResponse:
    asked = place.read(way.selection, request.user)
    bell.ring()
    slug = request.tenant.slug
    if len(asked) == 1:
        return redirect("dashboard:runs_show", slug, asked[0].pk)
    if not asked:
        messages.info(request, _("There is nothing to read: no route begins here."))
    else:
        told = ngettext(
            "%(n)s run was asked for.", "%(n)s runs were asked for.", len(asked)
        )
        messages.success(request, told % {"n": len(asked)})
    here = reverse("dashboard:runs", args=[slug])
    return redirect(f"{here}?connection={place.connection.pk}")


def again(request: MemberRequest, run: Run) -> str:
    """Where the same can be asked for once more; "" where it cannot."""
    what = AGAIN.get(str(run.selection.get("type", "")), "")
    if not what or runs.active(run) or not may(request.member, Role.OPERATOR):
        return ""
    what = "resend" if run.selection.get("resend") else what
    here = reverse("dashboard:runs_start", args=[request.tenant.slug])
    return f"{here}?connection={run.connection_id}&what={what}"
