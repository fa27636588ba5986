"""Step 2: the answers and the sign-in, and which of several accounts is meant."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from integration.contract.connector import Connector
from integration.dashboard import connector_form, platform_sign_in
from integration.dashboard.access import MemberRequest, fresh, page
from integration.dashboard.wizard import steps
from integration.engine import setting_up, staged
from integration.errors import BadConfig, SyncFailure
from integration.models import Connection, Grant, Role

HERE = "dashboard:connections_new_account"


@page(Role.ADMIN)
@fresh
def answers(request: MemberRequest, pk: int) -> HttpResponse:
    """The answers given so far, to be changed; secrets stay where they are."""
    connection, connector = steps.found(request, pk)
    if not setting_up.untested(connection):
        return steps.go(request, "data", connection)
    data = request.POST if request.method == "POST" else None
    form = connector_form.form(
        connector,
        data,
        connection.settings,
        connection.secrets,
        label=connection.label,
    )
    if data is not None and form.is_valid():
        given = dict(form.cleaned_data)
        label = given.pop("label")
        try:
            setting_up.answer(connection, label, given)
        except BadConfig as failure:
            form.blame(failure)
        else:
            return on(request, connection, connector)
    known = {"form": form, "connector": connector, "connection": connection}
    return steps.shown(
        request, "answers", "answers", known, 422 if form.errors else 200
    )


def on(
    request: MemberRequest, connection: Connection, connector: Connector
) -> HttpResponse:
    """After the answers: to the platform's own page, to the choice of an account, or
    straight to the test."""
    if setting_up.signs_in(connector, connection.settings):
        return leave(request, connection, connector)
    step = "account" if connector.offers else "test"
    return steps.go(request, step, connection)


def leave(
    request: MemberRequest, connection: Connection, connector: Connector
) -> HttpResponse:
    """The page that leads to the platform's, where a person signs in."""
    known: dict[str, Any] = {"connector": connector, "connection": connection}
    try:
        known |= platform_sign_in.begin(request, connection, connector, HERE)
    except BadConfig as failure:
        return steps.shown(request, "answers", "leave", {**known, "failure": failure})
    known["shared"] = _shared(request, connection)
    return steps.shown(request, "answers", "leave", known)


@page(Role.ADMIN)
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """The accounts behind a sign-in or a set of keys; one of them is chosen."""
    connection, connector = steps.found(request, pk)
    if not setting_up.untested(connection):
        return steps.go(request, "data", connection)
    given = request.POST if request.method == "POST" else request.GET
    needs = setting_up.signs_in(connector, connection.settings)
    grant = grant_of(request, connection, given) if needs else None
    known: dict[str, Any] = {"connector": connector, "connection": connection}
    if needs and grant is None:
        return steps.shown(request, "answers", "leave", {**known, "missing": True})
    try:
        setting, offered = staged.offered(
            connector, connection.settings, connection.secrets, grant
        )
    except SyncFailure as failure:
        return steps.shown(request, "answers", "account", {**known, "failure": failure})
    wanted = request.POST.get("account", "")
    if request.method == "POST":
        if not setting or wanted in [each.external_id for each in offered]:
            setting_up.choose(connection, setting, wanted, grant)
            return steps.go(request, "test", connection)
        known["wrong"] = _("Choose one of these.")
    known |= {
        "offered": offered,
        "setting": setting,
        "chosen": connection.settings.get(setting) if setting else "",
        "consent": given.get("consent", ""),
        "of": given.get("of", ""),
    }
    return steps.shown(request, "answers", "account", known)


def grant_of(
    request: MemberRequest, connection: Connection, given: Any
) -> Grant | None:
    """The sign-in meant: one this person just gave, that of another connection, or the
    one chosen before. None where there is none, or not theirs."""
    if given.get("consent"):
        return platform_sign_in.given(request, connection.platform, given["consent"])
    if str(given.get("of", "")).isdigit():
        other = _with_grants(request, connection).filter(pk=given["of"]).first()
        return other.grant if other else None
    return connection.grant


def _shared(request: MemberRequest, connection: Connection) -> list[Connection]:
    """Connections whose sign-in may open another account too."""
    found = {each.grant_id: each for each in _with_grants(request, connection)}
    return list(found.values())


def _with_grants(request: MemberRequest, connection: Connection) -> Any:
    mine = Connection.objects.for_tenant(request.tenant).select_related("grant")
    return mine.filter(platform=connection.platform, grant__dead=False).exclude(
        pk=connection.pk
    )
