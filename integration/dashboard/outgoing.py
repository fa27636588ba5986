"""Where Weft tells what happens: the merchant's own addresses, and what they took."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy

from integration.dashboard import outgoing_deeds
from integration.dashboard.access import MemberRequest, may, page
from integration.dashboard.outgoing_deeds import FOLDER, endpoint_of
from integration.dashboard.paging import sliced
from integration.engine import endpoints
from integration.http.redact import address
from integration.insight.endpoints import Address, addresses, history
from integration.insight.payload import pretty
from integration.models import Role
from synclog import webhooks
from synclog.events import CATALOGUE, example

STATES = {
    "": gettext_lazy("All"),
    "sent": gettext_lazy("Sent"),
    "waiting": gettext_lazy("Waiting"),
    "gave_up": gettext_lazy("Gave up"),
}


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The addresses, how each stands, and the catalogue of events."""
    context = {
        "addresses": addresses(request.tenant, timezone.now()),
        "admin": may(request.member, Role.ADMIN),
        "most": endpoints.MOST,
    }
    return render(request, f"{FOLDER}/list.html", context)


@page()
def catalogue(request: MemberRequest) -> HttpResponse:
    """Every event with what it says and an example, and how to check the signature."""
    sorts = [(sort, pretty(example(sort.name))) for sort in CATALOGUE]
    return render(request, f"{FOLDER}/catalogue.html", {"sorts": sorts})


@page()
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """One address and what it was told, the newest first."""
    endpoint = endpoint_of(request, pk)
    state = request.GET.get("state", "")
    rows = history(endpoint, state).defer("context")
    context = {
        "endpoint": endpoint,
        "shown": address(endpoint.url),
        "stands": Address(endpoint).state,
        "now": timezone.now(),
        "former_until": endpoints.former_until(endpoint),
        "slice": sliced(rows, ("-pk",), request.GET.get("after", "")),
        "states": STATES,
        "state": state,
        "admin": may(request.member, Role.ADMIN),
        "operator": may(request.member, Role.OPERATOR),
    }
    return render(request, f"{FOLDER}/one.html", context)


@page()
def event(request: MemberRequest, pk: int, event_pk: int) -> HttpResponse:
    """One event: what was sent, every try with its answer, and when it goes on."""
    endpoint = endpoint_of(request, pk)
    notice = get_object_or_404(history(endpoint), pk=event_pk)
    tries = [_tried(each) for each in notice.context.get("tries", [])]
    context = {
        "endpoint": endpoint,
        "shown": address(endpoint.url),
        "event": notice,
        "now": timezone.now(),
        "message_id": webhooks.message_id(notice),
        "body": pretty(notice.context.get("event", {})),
        "tries": list(reversed(tries)),
        "operator": may(request.member, Role.OPERATOR),
    }
    return render(request, f"{FOLDER}/event.html", context)


def _tried(kept: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "at": datetime.fromisoformat(kept["at"])}


urlpatterns = [
    path("", show, name="webhooks_out"),
    path("events/", catalogue, name="webhooks_out_catalogue"),
    path("add/", outgoing_deeds.add, name="webhooks_out_add"),
    path("<int:pk>/", one, name="webhooks_out_one"),
    path("<int:pk>/change/", outgoing_deeds.change, name="webhooks_out_change"),
    path("<int:pk>/secret/", outgoing_deeds.rotate, name="webhooks_out_secret"),
    path("<int:pk>/remove/", outgoing_deeds.remove, name="webhooks_out_remove"),
    path("<int:pk>/switch/", outgoing_deeds.switch, name="webhooks_out_switch"),
    path("<int:pk>/ping/", outgoing_deeds.ping, name="webhooks_out_ping"),
    path("<int:pk>/<int:event_pk>/", event, name="webhooks_out_event"),
    path(
        "<int:pk>/<int:event_pk>/resend/",
        outgoing_deeds.resend,
        name="webhooks_out_resend",
    ),
]
