"""Routes: what goes from where to where, when, and under which rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.messages import Changed, Everything, Oldest, Selection
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.templatetags.called import route_name
from integration.engine import cost, laying, maps, schedule
from integration.engine.cost import Estimate
from integration.errors import BadConfig
from integration.insight import routes as insight
from integration.jobs import bell
from integration.models import Cursor, Policy, Role, Route
from synclog import saying


class Start(NamedTuple):
    """One way to run a route now: the word its page knows it by, and its cost."""

    what: str
    label: str
    cost: Estimate


def chosen(request: MemberRequest, pk: int) -> Route:
    """The merchant's route of that number, with its ends; else 404."""
    mine = Route.objects.for_tenant(request.tenant)
    found: Route = get_object_or_404(
        mine.select_related("source", "target", "tenant__plan"), pk=pk
    )
    return found


def workable(request: MemberRequest, pk: int) -> Route:
    """The same, where both platforms are installed and take what it brings; else
    404."""
    route = chosen(request, pk)
    if not works(route):
        raise Http404
    return route


def works(route: Route) -> bool:
    """Whether both platforms are installed and the target takes what it brings."""
    known = registry.connectors()
    if route.source.platform not in known or route.target.platform not in known:
        return False
    return Kind(route.writes) in known[route.target.platform].writes


@page()
def show_all(request: MemberRequest) -> HttpResponse:
    """Every route, with its last outcome and what is open."""
    lines = insight.lines(request.tenant)
    for line in lines:
        line.route.looks_every = schedule.pace(line.route)  # type: ignore[attr-defined]
        line.route.hears = hears(line.route)  # type: ignore[attr-defined]
    return render(request, "dashboard/routes/list.html", {"lines": lines})


@page()
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """One route: when, what, where, never."""
    route = chosen(request, pk)
    if not works(route):
        return render(request, "dashboard/routes/lost.html", {"route": route})
    streams = insight.streams(route)
    keys = [stream.key for stream in streams]
    mine = Cursor.objects.for_tenant(request.tenant)
    context = {
        "route": route,
        "at": "route",
        "line": insight.line(route),
        "looks_every": schedule.pace(route),
        "hears": hears(route),
        "marks": mine.filter(connection=route.source, stream__in=keys),
        "rotates": route.source.rotate_every
        and any(stream.fetchable for stream in streams),
        "nightly": min(
            (each.full_every for each in streams if each.full_every), default=0
        ),
        "fields": _fields(route),
        "nevers": list(nevers(route)),
        "starts": starts(route),
        "options": _options(route),
    }
    return render(request, "dashboard/routes/show.html", context)


def hears(route: Route) -> bool:
    """Whether the source's platform tells at once that something changed."""
    connector = registry.connectors().get(route.source.platform)
    if connector is None:
        return False
    return connector.webhooks is not None or connector.app_webhooks is not None


def starts(route: Route) -> list[Start]:
    """The ways to run a route now, the cheapest sort first, each with its cost."""
    few = route.source.rotate_items
    ways: list[tuple[str, str, Selection]] = [
        ("changed", _("Changed only"), Changed()),
        ("full", _("Everything"), Everything()),
        ("resend", _("Everything, and write all of it again"), Everything(resend=True)),
    ]
    if any(stream.fetchable for stream in insight.streams(route)):
        words = ngettext("Oldest %(count)s", "Oldest %(count)s", few) % {"count": few}
        ways.insert(1, ("oldest", words, Oldest(few)))
    return [
        Start(what, label, cost.estimate(route.source, selection, [route.kind]))
        for what, label, selection in ways
    ]


def nevers(route: Route) -> Iterator[str]:
    """What this route will never do, each in one sentence."""
    if route.policy == Policy.LINK_ONLY:
        yield _("Nothing there is overwritten or created: what matches is linked.")
    elif route.policy == Policy.CREATE_ONLY:
        yield _("What is there already is never changed.")
    if Kind(route.kind) in SALES:
        yield _("No sale is sent twice, whatever happens on the way.")
        yield _(
            "What was sold before this route was laid stays unsent, unless somebody "
            "asks for everything."
        )
    yield _("Nothing there is deleted.")
    if route.policy == Policy.OVERWRITE and route.on_drift == "leave":
        yield _(
            "What people change there by hand stays until the source changes as well."
        )


def _fields(route: Route) -> list[str]:
    written = maps.writing(route.target, Kind(route.writes)).map.rules
    return list(dict.fromkeys(name.partition(".")[0] for name in written))


def _options(route: Route) -> list[tuple[str, Any]]:
    writes = registry.connector(route.target.platform).writes[Kind(route.writes)]
    words = {True: _("yes"), False: _("no")}
    chosen = [(field.label, route.options.get(field.name)) for field in writes.options]
    return [
        (label, words[value] if isinstance(value, bool) else value)
        for label, value in chosen
        if value not in (None, "")
    ]


@page(Role.ADMIN)
@require_POST
def switch(request: MemberRequest, pk: int) -> HttpResponse:
    """On or off, as the form says."""
    route, on = chosen(request, pk), request.POST.get("on") == "1"
    try:
        hooks = laying.change(route, request.user, enabled=on)
    except BadConfig as bad:
        messages.error(request, saying.told(bad))
        return redirect("dashboard:routes_show", request.tenant.slug, pk)
    bell.ring()
    said = (
        _("Switched on. What is known of the source is brought there now.")
        if on
        else _("Switched off. What was owed already is still sent.")
    )
    messages.success(request, said)
    told_of_hooks(request, hooks)
    return redirect("dashboard:routes_show", request.tenant.slug, pk)


@page(Role.ADMIN)
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """What removing a route means; then it is gone."""
    route = chosen(request, pk)
    name = route_name(route)
    if request.method == "POST":
        told_of_hooks(request, laying.remove(route, request.user))
        messages.success(request, _("Removed: %(route)s.") % {"route": name})
        return redirect("dashboard:routes", request.tenant.slug)
    owing = laying.owing(route)
    words = [
        name,
        _(
            "From now on nothing goes this way. What is there already stays there, and "
            "so does what links both sides: a new route finds it again."
        ),
        *([_dropped(owing)] if owing else []),
        _("To stop it for a while, switch it off instead."),
    ]
    context = {
        "title": _("Remove this route?"),
        "words": words,
        "button": _("Remove the route"),
        "danger": True,
        "back": reverse("dashboard:routes_show", args=[request.tenant.slug, pk]),
    }
    return render(request, "dashboard/ask.html", context)


def told_of_hooks(request: MemberRequest, problem: str) -> None:
    """Say what is wrong with the source's webhooks, if something is."""
    if problem:
        words = _(
            "The webhooks of the source are not in order, so changes are found by the "
            "clock alone: %(problem)s"
        )
        messages.warning(request, words % {"problem": problem})


def _dropped(owing: int) -> str:
    words = ngettext(
        "%(count)s write that waits is dropped, with its history.",
        "%(count)s writes that wait are dropped, with the history of all.",
        owing,
    )
    return words % {"count": f"{owing:,}"}


urlpatterns = [
    path("", show_all, name="routes"),
    path("<int:pk>/", show, name="routes_show"),
    path("<int:pk>/switch/", switch, name="routes_switch"),
    path("<int:pk>/remove/", remove, name="routes_remove"),
]
