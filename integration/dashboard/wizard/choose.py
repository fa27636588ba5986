"""Step 1: which platform; and the first form of step 2, for one that is new."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from integration.canonical.kinds import RANK, Kind
from integration.contract import registry
from integration.contract.connector import Connector
from integration.dashboard import connector_form
from integration.dashboard.access import MemberRequest, fresh, page
from integration.dashboard.wizard import account, steps
from integration.engine import setting_up
from integration.engine.first_routes import INWARD
from integration.errors import BadConfig
from integration.models import Connection, Health, Role
from synclog.nouns import many


@page(Role.ADMIN)
@require_GET
def show(request: MemberRequest) -> HttpResponse:
    """Every platform there is: what it gives, what it takes, how one gets in."""
    mine = Connection.objects.for_tenant(request.tenant).exclude(
        health=Health.DISCONNECTED
    )
    known = list(mine.values_list("platform", flat=True))
    platforms = [
        {
            "connector": each,
            "gives": listed(_gives(each)),
            "takes": listed(kind for kind in each.writes),
            "signs_in": each.oauth is not None,
            "connected": _connected(known.count(each.key)),
        }
        for each in registry.connectors().values()
    ]
    return steps.shown(request, "platform", "platform", {"platforms": platforms})


@page(Role.ADMIN)
@fresh
def keys(request: MemberRequest, platform: str) -> HttpResponse:
    """What the platform asks for; what is sent becomes a connection to be tested."""
    connector = registry.connectors().get(platform)
    if connector is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = connector_form.form(connector, data, {}, {}, label="")
    if data is not None and form.is_valid():
        given = dict(form.cleaned_data)
        label = given.pop("label")
        try:
            connection = setting_up.begin(request.tenant, connector, label, given)
        except BadConfig as failure:
            form.blame(failure)
        else:
            return account.on(request, connection, connector)
    known = {"form": form, "connector": connector, "connection": None}
    return steps.shown(
        request, "answers", "answers", known, 422 if form.errors else 200
    )


def listed(kinds: Any) -> str:
    """Kinds in words, in the order they are brought."""
    words = [many(kind) for kind in sorted(set(kinds), key=lambda each: RANK[each])]
    return ", ".join(words)


def _gives(connector: Connector) -> list[Kind]:
    return [
        kind
        for stream in connector.streams
        for kind in stream.kinds
        if kind not in INWARD
    ]


def _connected(count: int) -> str:
    if not count:
        return ""
    words = ngettext(
        "You have %(count)s of these already.",
        "You have %(count)s of these already.",
        count,
    )
    return words % {"count": count}
