"""What the steps of the wizard share: which there are, and how far a connection is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from integration.contract import registry
from integration.contract.connector import Connector
from integration.dashboard.access import MemberRequest, page
from integration.engine import setting_up
from integration.models import Connection, Health, Role

# The steps in order: the end of each address's name, and what it is called.
STEPS = (
    ("platform", _("Platform")),
    ("answers", _("Sign in")),
    ("test", _("Test")),
    ("data", _("Choose data")),
    ("ready", _("Pre-flight")),
    ("first", _("First sync")),
)


def found(request: MemberRequest, pk: int) -> tuple[Connection, Connector]:
    """A connection of this merchant's, and its connector; Http404 where it is none of
    theirs, or was left."""
    connection = (
        Connection.objects.for_tenant(request.tenant)
        .exclude(health=Health.DISCONNECTED)
        .select_related("grant", "tenant")
        .filter(pk=pk)
        .first()
    )
    connector = registry.connectors().get(connection.platform) if connection else None
    if connection is None or connector is None:
        raise Http404
    return connection, connector


def tested(request: MemberRequest, pk: int) -> tuple[Connection, Connector] | None:
    """As `found`; None where the test comes first."""
    connection, connector = found(request, pk)
    return None if setting_up.untested(connection) else (connection, connector)


def next_step(connection: Connection) -> str:
    """Where whoever comes back to a half-finished connection goes on."""
    if not setting_up.untested(connection):
        return "ready" if setting_up.routes_of(connection).exists() else "data"
    connector = registry.connector(connection.platform)
    signed = setting_up.signs_in(connector, connection.settings)
    return "answers" if signed and connection.grant_id is None else "test"


@page(Role.ADMIN)
@require_GET
def resume(request: MemberRequest, pk: int) -> HttpResponse:
    """Where whoever comes back goes on."""
    connection, _connector = found(request, pk)
    return go(request, next_step(connection), connection)


def go(request: MemberRequest, step: str, connection: Connection) -> HttpResponse:
    """To a step of this connection."""
    name = f"dashboard:connections_new_{step}"
    return redirect(name, request.tenant.slug, connection.pk)


def shown(
    request: MemberRequest,
    step: str,
    template: str,
    known: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """The page of a step, with the steps above it."""
    names = [name for name, _title in STEPS]
    at = names.index(step)
    steps = [
        {"name": name, "title": title, "over": place < at, "here": place == at}
        for place, (name, title) in enumerate(STEPS)
    ]
    page = {**known, "steps": steps, "step_title": STEPS[at][1], "number": at + 1}
    return render(request, f"dashboard/wizard/{template}.html", page, status=status)
