"""Disconnecting: what goes and what stays is said before, what could not be cleaned up
after."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.contract import registry
from integration.dashboard import mine
from integration.dashboard.access import MemberRequest, fresh, page
from integration.engine import parting
from integration.engine.setting_up import routes_of, untested
from integration.models import Connection, Delivery, Health, Role
from integration.models.delivery import OPEN_DELIVERIES

# Of what waits to be written, so many are counted.
MANY = 1_000


@page(Role.ADMIN)
@fresh
def disconnect(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask, then leave the platform."""
    connection = mine.connection(request, pk)
    back = reverse("dashboard:connections_show", args=[request.tenant.slug, pk])
    if connection.health == Health.DISCONNECTED:
        return redirect(back)
    if untested(connection):
        return redirect("dashboard:connections_new_drop", request.tenant.slug, pk)
    if request.method == "POST":
        left = parting.leave(connection, request.user)
        name = {"name": connection.label}
        if left:
            told = _("%(name)s is disconnected; something is left to be cleaned up:")
            messages.warning(request, f"{told % name} {left}")
        else:
            messages.success(request, _("%(name)s is disconnected.") % name)
        return redirect(back)
    asked = {
        "title": _("Disconnect %(name)s?") % {"name": connection.label},
        "words": _words(request, connection),
        "button": _("Disconnect"),
        "danger": True,
        "back": back,
    }
    return render(request, "dashboard/ask.html", asked)


def _words(request: MemberRequest, connection: Connection) -> list[str]:
    """What goes, what stays, and what that stops."""
    connector = registry.connectors().get(connection.platform)
    gone = [_("its credentials"), _("its sync log and its errors")]
    if connector is not None and connector.webhooks is not None:
        gone.append(_("its webhooks on the platform"))
    if connection.grant_id is not None:
        gone.append(_("its sign-in, unless another connection uses it"))
    on = routes_of(connection).filter(enabled=True).count()
    routes = ngettext(
        "%(count)s route stands still.", "%(count)s routes stand still.", on
    )
    waits = Delivery.objects.for_tenant(request.tenant).filter(
        route__target=connection, state__in=OPEN_DELIVERIES
    )[:MANY]
    count = waits.count()
    owed = ngettext(
        "%(count)s thing that waits to be written there is given up.",
        "%(count)s things that wait to be written there are given up.",
        count,
    )
    return [
        _("Removed: %(list)s.") % {"list": ", ".join(gone)},
        _(
            "Kept: links and what Weft knows of its items, so that connecting the same "
            "account again goes on where it was. Nothing on the platform is deleted."
        ),
        routes % {"count": on},
        owed % {"count": f"{count}+" if count == MANY else count},
    ]
