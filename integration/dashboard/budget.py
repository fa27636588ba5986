"""The API budget: calls spent and to come, and what slowing down would save."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.routes import chosen
from integration.dashboard.templatetags import called
from integration.engine import forecast, freshness, laying
from integration.engine.forecast import Saving
from integration.errors import BadConfig
from integration.insight import budget as insight
from integration.models import Connection, Role, Route
from synclog import saying

# Lines of what could be saved.
SAVINGS = 5
# A chart with more colours than that cannot be read: the rest is one.
COLOURS = 6


class Gauge(NamedTuple):
    """One window as the page shows it: as it is now, and when it will be full."""

    window: insight.Window
    runs_out: datetime | None
    time: str
    tone: str


@page()
def show(request: MemberRequest) -> HttpResponse:
    """One connection's calls; the first one's where none is chosen."""
    connections = insight.connections(request.tenant)
    if not connections:
        return render(request, "dashboard/budget/none.html")
    connection = _chosen(request, connections)
    now = timezone.localtime()
    found = forecast.of(connection, now)
    hours = insight.hours(connection, now)
    late = freshness.of([connection], now).get(connection.pk, [])
    context = {
        "connections": connections,
        "connection": connection,
        "gauges": _gauges(connection, found, now),
        "used": found.used,
        "today": sum(each.day for each in found.used),
        "this_month": sum(each.month for each in found.used),
        "month": found.month,
        "causes": insight.causes(connection, now),
        "savings": [each for each in found.savings if each.calls][:SAVINGS],
        "hours": hours,
        "names": [named(each.route) for each in hours.series],
        "late": [each for each in late if each.late],
    }
    return render(request, "dashboard/budget/show.html", context)


@page()
def hours(request: MemberRequest) -> JsonResponse:
    """Calls per hour by route, for the chart: the numbers of the table."""
    connections = insight.connections(request.tenant)
    if not connections:
        raise Http404
    found = insight.hours(_chosen(request, connections), timezone.now())
    series = list(found.series)
    told = [
        {"name": named(each.route), "calls": list(each.calls)}
        for each in series[:COLOURS]
    ]
    rest = [each.calls for each in series[COLOURS:]]
    if rest:
        calls = [sum(column) for column in zip(*rest, strict=True)]
        told.append({"name": _("All others"), "calls": calls})
    return JsonResponse(
        {
            "hours": [int(hour.timestamp()) for hour in found.begin],
            "series": told,
            "even": found.even,
            "zone": timezone.get_current_timezone_name(),
            "words": {"even": _("Even pace"), "time": _("Hour"), "calls": _("Calls")},
        }
    )


@page(Role.ADMIN)
def slow(request: MemberRequest, pk: int) -> HttpResponse:
    """What slowing a route down means and saves; then it looks less often."""
    route = chosen(request, pk)
    saving = _saving(route)
    if saving is None or not 0 < saving.then <= laying.MOST_EVERY:
        raise Http404
    back = f"{reverse('dashboard:budget', args=[request.tenant.slug])}" + (
        f"?connection={route.source_id}"
    )
    if request.method == "POST":
        # What the question named, not what another click has made of it since.
        if request.POST.get("every") == str(saving.then):
            _slow_down(request, route, saving.then)
        else:
            messages.error(request, _("The route changed meanwhile: look again."))
        return redirect(back)
    told = {
        "things": called.things(route.kind),
        "source": route.source,
        "time": called.lasting(saving.then),
        "before": called.lasting(route.every),
    }
    saved = ngettext(
        "It saves about %(calls)s call a month.",
        "It saves about %(calls)s calls a month.",
        saving.calls,
    )
    context = {
        "title": _("Look less often?"),
        "words": [
            _("%(things)s of %(source)s are looked at every %(time)s, not %(before)s.")
            % told,
            _(
                "A change no webhook tells of is noticed up to %(time)s later. Sales "
                "and webhooks go on at once."
            )
            % told,
            saved % {"calls": f"{saving.calls:,}"},
        ],
        "hidden": {"every": saving.then},
        "button": _("Look every %(time)s") % told,
        "back": back,
    }
    return render(request, "dashboard/ask.html", context)


def _slow_down(request: MemberRequest, route: Route, every: int) -> None:
    try:
        laying.change(route, request.user, every=every)
    except BadConfig as bad:
        messages.error(request, saying.told(bad))
    else:
        told = {"time": called.lasting(every)}
        messages.success(request, _("It now looks every %(time)s.") % told)


def _saving(route: Route) -> Saving | None:
    found = forecast.of(route.source, timezone.now())
    mine = (saving for saving in found.savings if saving.route.pk == route.pk)
    return next(mine, None)


def _chosen(request: MemberRequest, connections: list[Connection]) -> Connection:
    """The connection the address names; 404 where the merchant has no such one."""
    asked = request.GET.get("connection", "")
    if not asked:
        return connections[0]
    if not asked.isdecimal() or len(asked) > 18:
        raise Http404
    mine = Connection.objects.for_tenant(request.tenant).defer("secrets")
    found: Connection = get_object_or_404(mine, pk=int(asked))
    return found


def _gauges(
    connection: Connection, found: forecast.Forecast, now: datetime
) -> list[Gauge]:
    """The windows with what is to come of each; both come in the same order."""
    return [
        Gauge(window, coming.runs_out, _time(window), _tone(window, coming.runs_out))
        for window, coming in zip(
            insight.limits(connection, now), found.windows, strict=False
        )
    ]


def _tone(window: insight.Window, runs_out: datetime | None) -> str:
    if window.shut_until is not None or not window.free:
        return "bad"
    return "warn" if runs_out is not None else "ok"


def _time(window: insight.Window) -> str:
    """The length of a window, as the head of its gauge."""
    if window.limit.at_once:
        return str(_("At once"))
    return str(_("In %(time)s")) % {"time": called.lasting(window.limit.seconds)}


def named(route: Route | None) -> str:
    """What a line of the chart is called."""
    if route is None:
        return _("Reading and upkeep")
    told: dict[str, Any] = {
        "things": called.things(route.kind),
        "target": route.target,
    }
    return _("%(things)s → %(target)s") % told


urlpatterns = [
    path("", show, name="budget"),
    path("hours/", hours, name="budget_hours"),
    path("<int:pk>/slow/", slow, name="budget_slow"),
]
