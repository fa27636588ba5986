"""Step 6: the first sync, begun by a person alone; and throwing a set-up away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.wizard import steps
from integration.engine import first_routes, setting_up
from integration.engine.first_routes import LINK, WRITE, Started
from integration.errors import BadConfig
from integration.jobs import bell
from integration.models import Role


@page(Role.ADMIN)
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """The choice between linking alone and writing, and the button."""
    there = steps.tested(request, pk)
    if there is None:
        return steps.go(request, "test", steps.found(request, pk)[0])
    connection, connector = there
    known: dict[str, Any] = {"connector": connector, "connection": connection}
    if request.method == "POST":
        mode = LINK if request.POST.get("mode") == LINK else WRITE
        try:
            started = first_routes.start(connection, mode, request.user)
        except BadConfig as failure:
            known["failure"] = failure
        else:
            bell.ring()
            known |= {"started": started, "mode": mode, **_told(started)}
            return steps.shown(request, "first", "started", known)
    waiting = first_routes.waiting(connection)
    known |= {
        "waiting": waiting,
        "linking": first_routes.linking(connection),
        "linkable": [route for route in waiting if first_routes.linkable(route)],
    }
    return steps.shown(
        request, "first", "first", known, 422 if "failure" in known else 200
    )


def _told(started: Started) -> dict[str, Any]:
    """What there is to see of it."""
    return {"runs": started.runs, "warnings": started.warnings}


@page(Role.ADMIN)
def drop(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask, then throw a half-finished connection away."""
    connection, _connector = steps.found(request, pk)
    back = reverse("dashboard:connections", args=[request.tenant.slug])
    if not setting_up.unfinished(connection):
        return redirect("dashboard:connections_show", request.tenant.slug, pk)
    if request.method == "POST":
        left = setting_up.throw_away(connection, request.user)
        told = _("%(name)s was thrown away.") % {"name": connection.label}
        messages.success(request, told)
        if left:
            messages.warning(request, left)
        return redirect(back)
    words = [
        _("What was answered so far is forgotten, credentials and sign-in included."),
        _("Nothing was written to any platform."),
    ]
    asked = {
        "title": _("Throw away %(name)s?") % {"name": connection.label},
        "words": words,
        "button": _("Throw away"),
        "danger": True,
        "back": back,
    }
    return render(request, "dashboard/ask.html", asked)
