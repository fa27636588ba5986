"""New credentials for a connection: keys typed in anew, or another sign-in. Its links,
cursors and webhooks stay as they are."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integration.contract import registry
from integration.contract.connector import Connector
from integration.dashboard import connector_form, mine, platform_sign_in
from integration.dashboard.access import MemberRequest, fresh, page
from integration.engine import renewal
from integration.engine.setting_up import signs_in, untested
from integration.errors import BadConfig, SyncFailure
from integration.jobs import bell
from integration.models import Connection, Health, Role

PAGE = "dashboard/connections/credentials.html"
HERE = "dashboard:connections_credentials"


@page(Role.ADMIN)
@fresh
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """The empty fields of the keys, or the way to the platform's sign-in; what comes
    back is tested before it replaces anything."""
    connection = mine.connection(request, pk)
    connector = registry.connectors().get(connection.platform)
    if connector is None or connection.health == Health.DISCONNECTED:
        return redirect("dashboard:connections_show", request.tenant.slug, pk)
    if untested(connection):
        return redirect("dashboard:connections_new_answers", request.tenant.slug, pk)
    known: dict[str, Any] = {"connection": connection, "connector": connector}
    if signs_in(connector, connection.settings):
        return _signed(request, connection, known)
    return _typed(request, connection, connector, known)


def _typed(
    request: MemberRequest,
    connection: Connection,
    connector: Connector,
    known: dict[str, Any],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    only = {field.name for field in connector.fields if field.secret}
    form = connector_form.form(connector, data, {}, connection.secrets, only=only)
    if data is not None and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value}
        if not given:
            messages.info(request, _("Nothing was typed in; all stays as it is."))
            return _back(request, connection)
        known["findings"] = renewal.with_keys(connection, given, request.user)
        if all(finding.ok for finding in known["findings"]):
            return _renewed(request, connection)
    return render(
        request, PAGE, {**known, "form": form}, status=422 if form.errors else 200
    )


def _signed(
    request: MemberRequest, connection: Connection, known: dict[str, Any]
) -> HttpResponse:
    uid = request.POST.get("consent") or request.GET.get("consent", "")
    grant = platform_sign_in.given(request, connection.platform, uid) if uid else None
    known |= {"consent": uid if grant else "", "lost": bool(uid) and grant is None}
    if grant is not None and grant == connection.grant:
        return _renewed(request, connection)
    if request.method == "POST" and grant is not None:
        try:
            renewal.with_grant(connection, grant, request.user)
        except SyncFailure as failure:
            known["failure"] = failure
        else:
            return _renewed(request, connection)
    return render(request, PAGE, known)


@page(Role.ADMIN)
@fresh
@require_POST
def leave(request: MemberRequest, pk: int) -> HttpResponse:
    """The page that leads to the platform's own, where a person signs in again."""
    connection = mine.connection(request, pk)
    connector = registry.connectors().get(connection.platform)
    if connector is None or connection.health == Health.DISCONNECTED:
        return _back(request, connection)
    known: dict[str, Any] = {"connection": connection, "connector": connector}
    try:
        known |= platform_sign_in.begin(request, connection, connector, HERE)
    except BadConfig as failure:
        return render(request, PAGE, {**known, "failure": failure}, status=422)
    return render(request, PAGE, known)


def _renewed(request: MemberRequest, connection: Connection) -> HttpResponse:
    bell.ring()
    messages.success(request, _("It goes on with the new credentials."))
    return _back(request, connection)


def _back(request: MemberRequest, connection: Connection) -> HttpResponse:
    return redirect("dashboard:connections_show", request.tenant.slug, connection.pk)
