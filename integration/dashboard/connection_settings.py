"""What a connection is called and set to, secrets apart; and how its rotation turns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.contract import registry
from integration.contract.connector import Connector
from integration.dashboard import connector_form, mine
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.dressing import dress
from integration.engine.setting_up import answered, untested
from integration.errors import BadConfig
from integration.http.redact import redact
from integration.models import Connection, Health, Role
from synclog import journal


class RotationForm(forms.ModelForm):
    """How what was not seen for longest is looked at again."""

    class Meta:
        model = Connection
        fields = ("rotate_every", "rotate_items", "rotate_calls")
        labels = {
            "rotate_every": gettext_lazy("Seconds between two such looks"),
            "rotate_items": gettext_lazy("Items in each"),
            "rotate_calls": gettext_lazy("The most calls each may take"),
        }
        help_texts = {
            "rotate_every": gettext_lazy("17280: five times a day. 0: never."),
            "rotate_items": "",
            "rotate_calls": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


def told(connection: Connection) -> list[tuple[str, str]]:
    """The settings that are no secrets, as people call them."""
    connector = registry.connectors().get(connection.platform)
    if connector is None:
        return []
    return [
        (_(field.label), _shown(connection.settings.get(field.name)))
        for field in connector.fields
        if not field.secret
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return redact(str(value)) if value not in (None, "") else "–"


@page(Role.ADMIN)
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """The forms; what is saved is checked by the connector at once."""
    connection = mine.connection(request, pk)
    connector = registry.connectors().get(connection.platform)
    if connector is None or connection.health == Health.DISCONNECTED:
        return redirect("dashboard:connections_show", request.tenant.slug, pk)
    if untested(connection):
        return redirect("dashboard:connections_new_answers", request.tenant.slug, pk)
    data = request.POST if request.method == "POST" else None
    only = {field.name for field in connector.fields if not field.secret}
    form = connector_form.form(
        connector, data, connection.settings, {}, label=connection.label, only=only
    )
    rotation = RotationForm(data, instance=connection)
    if data is not None and form.is_valid() and rotation.is_valid():
        try:
            _save(request, connection, connector, form, rotation)
        except BadConfig as failure:
            form.blame(failure)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:connections_show", request.tenant.slug, pk)
    known = {"connection": connection, "form": form, "rotation": rotation}
    wrong = bool(form.errors or rotation.errors)
    return render(
        request,
        "dashboard/connections/settings.html",
        {**known, "connector": connector, "open_all": True},
        status=422 if wrong else 200,
    )


def _save(
    request: MemberRequest,
    connection: Connection,
    connector: Connector,
    form: connector_form.ConnectorForm,
    rotation: RotationForm,
) -> None:
    """Store what was changed. BadConfig where it would be another account."""
    given = dict(form.cleaned_data)
    label = given.pop("label") or connection.label
    settings, _secrets = answered(connector, _filled(connection, given), {})
    if connector.account(settings) != connection.account:
        raise BadConfig(
            _blamed(form),
            _("That would be another account, with ids and links of its own."),
            hint=_("Connect it as a new connection instead."),
        )
    connector.limits(settings)
    before = {"label": connection.label, **connection.settings}
    connection.label, connection.settings = label, settings
    connection.save(update_fields=["label", "settings", *RotationForm.Meta.fields])
    after = {"label": label, **settings}
    changed = {name for name in after if after[name] != before.get(name)}
    changed |= set(rotation.changed_data)
    if changed:
        journal.audit(
            request.tenant,
            "connection_changed",
            str(connection),
            user=request.user,
            before={name: before[name] for name in changed if name in before},
            after={**{name: after[name] for name in changed if name in after}},
        )


def _filled(connection: Connection, given: dict[str, Any]) -> dict[str, Any]:
    """With the secrets as they are, which are asked for elsewhere."""
    connector = registry.connector(connection.platform)
    held = {
        field.name: connection.secrets.get(field.name, "")
        for field in connector.fields
        if field.secret
    }
    return {**given, **held}


def _blamed(form: connector_form.ConnectorForm) -> str:
    """The field that was changed, where it is one alone."""
    changed = [name for name in form.changed_data if name != "label"]
    return changed[0] if len(changed) == 1 else ""
