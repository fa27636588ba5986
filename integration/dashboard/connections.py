"""Connections: the list, one of them, and what may be done with it at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from integration.contract import registry
from integration.dashboard import connection_settings as settings_page
from integration.dashboard import credentials, leaving, mine
from integration.dashboard.access import MemberRequest, page
from integration.engine import connect, forecast, staged, steer
from integration.engine.setting_up import routes_of, unfinished, untested
from integration.errors import SyncFailure
from integration.http.redact import redact
from integration.insight import connections
from integration.jobs import bell
from integration.models import Connection, Health, Role
from synclog import journal, saying

DONE = {
    "pause": gettext_lazy("Paused. Nothing is read or written until you resume it."),
    "resume": gettext_lazy("It goes on."),
    "clear": gettext_lazy("Tried again at once."),
}


@page()
@require_GET
def show_all(request: MemberRequest) -> HttpResponse:
    """Every connection: its health and what comes next, its calls, what is late."""
    cards = connections.cards(request.tenant)
    here = [card for card in cards if card.state != Health.DISCONNECTED]
    known = {"cards": here, "left": [card for card in cards if card not in here]}
    return render(request, "dashboard/connections/list.html", known)


@page()
@require_GET
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """One connection, with all that is known of it."""
    connection = mine.connection(request, pk)
    return render(request, "dashboard/connections/one.html", _known(connection))


def _known(connection: Connection) -> dict[str, Any]:
    connector = registry.connectors().get(connection.platform)
    return {
        "connection": connection,
        "connector": connector,
        "card": connections.card(connection),
        "forecast": forecast.of(connection, timezone.now()),
        "routes": list(routes_of(connection)),
        "unfinished": unfinished(connection),
        "untested": untested(connection),
        "settings": settings_page.told(connection),
        "facts": [
            (name.replace("_", " "), redact(str(value)))
            for name, value in sorted(connection.facts.items())
        ],
        "registers": connector is not None and connector.webhooks is not None,
    }


@page(Role.OPERATOR)
@require_POST
def test(request: MemberRequest, pk: int) -> HttpResponse:
    """The staged test, now; changes nothing but what is known of the account."""
    connection = mine.connection(request, pk)
    if connection.health == Health.DISCONNECTED:
        return redirect("dashboard:connections_show", request.tenant.slug, pk)
    findings = staged.of(connection)
    journal.audit(request.tenant, "tested", str(connection), user=request.user)
    known = {"connection": connection, "findings": findings}
    if request.htmx:
        return render(request, "dashboard/connections/_test.html", known)
    return render(request, "dashboard/connections/one.html", _known(connection) | known)


@page(Role.ADMIN)
@require_POST
def do(request: MemberRequest, pk: int, deed: str) -> HttpResponse:
    """Pause, resume, or clear the circuit."""
    connection = mine.connection(request, pk)
    chosen = Connection.objects.for_tenant(request.tenant).filter(pk=pk)
    if untested(connection) or deed not in DONE:
        raise Http404
    changed = {
        "pause": lambda: steer.pause(chosen, request.user),
        "resume": lambda: steer.resume(
            chosen.filter(health=Health.PAUSED), request.user
        ),
        "clear": lambda: steer.resume(
            chosen.filter(health__in=(Health.TROUBLE, Health.HEALTHY)), request.user
        ),
    }[deed]()
    if changed:
        bell.ring()
        messages.success(request, str(DONE[deed]))
    else:
        messages.info(request, _("It is not in a state where that changes anything."))
    return redirect("dashboard:connections_show", request.tenant.slug, pk)


@page(Role.ADMIN)
@require_POST
def register(request: MemberRequest, pk: int) -> HttpResponse:
    """Register the webhooks again: what is missing is added, what is stray goes."""
    connection = mine.connection(request, pk)
    if connection.health == Health.DISCONNECTED or untested(connection):
        raise Http404
    try:
        connect.sync_webhooks(connection)
    except SyncFailure as failure:
        messages.error(request, redact(saying.told(failure)))
    else:
        who = request.user
        journal.audit(request.tenant, "webhooks_registered", str(connection), user=who)
        messages.success(request, _("The webhooks are in order."))
    return redirect("dashboard:connections_show", request.tenant.slug, pk)


urlpatterns = [
    path("", show_all, name="connections"),
    path("<int:pk>/", show, name="connections_show"),
    path("<int:pk>/test/", test, name="connections_test"),
    path("<int:pk>/do/<slug:deed>/", do, name="connections_do"),
    path("<int:pk>/webhooks/", register, name="connections_webhooks"),
    path("<int:pk>/settings/", settings_page.show, name="connections_settings"),
    path("<int:pk>/credentials/", credentials.show, name="connections_credentials"),
    path("<int:pk>/sign-in/", credentials.leave, name="connections_sign_in"),
    path("<int:pk>/disconnect/", leaving.disconnect, name="connections_disconnect"),
]
