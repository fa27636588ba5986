"""What platforms called for: the list, one call, and its replay."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.paging import sliced
from integration.engine import steer
from integration.insight import webhooks
from integration.jobs import bell
from integration.models import Connection, Role, WebhookEvent


@page(Role.VIEWER)
def show(request: MemberRequest) -> HttpResponse:
    """The calls, newest first."""
    tenant = request.tenant
    chosen = _chosen(request)
    cut = sliced(
        webhooks.listed(tenant, chosen), ("-pk",), request.GET.get("after", "")
    )
    return render(
        request,
        "dashboard/webhooks/list.html",
        {
            "at": "in",
            "lines": webhooks.lines(cut.rows),
            "slice": cut,
            "chosen": chosen,
            "filtered": chosen != webhooks.Filters(),
            "figures": webhooks.last_day(tenant, timezone.now()),
            "topics": webhooks.topics(tenant),
            "results": list(webhooks.RESULTS),
            "connections": Connection.objects.for_tenant(tenant).order_by("label"),
            "looked_into": webhooks.LOOKED_INTO,
        },
    )


def _chosen(request: MemberRequest) -> webhooks.Filters:
    given = request.GET
    connection = given.get("connection", "")
    is_key = connection.isascii() and connection.isdigit() and len(connection) < 19
    result = given.get("result", "")
    return webhooks.Filters(
        connection=int(connection) if is_key else None,
        topic=given.get("topic", "").replace("\x00", "")[:100],
        result=result if result in webhooks.RESULTS else "",
        text=given.get("q", "").replace("\x00", "").strip()[:200],
    )


@page(Role.VIEWER)
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """One call: what came, whether it was believed, what it led to."""
    found = webhooks.show(request.tenant, pk)
    if found is None:
        raise Http404
    return render(
        request,
        "dashboard/webhooks/show.html",
        {"at": "in", "shown": found, "line": found.line, "event": found.line.event},
    )


@page(Role.OPERATOR)
@require_POST
def replay(request: MemberRequest, pk: int) -> HttpResponse:
    """Read the platform anew for what a call was about."""
    chosen = WebhookEvent.objects.for_tenant(request.tenant).filter(pk=pk)
    if not chosen.exists():
        raise Http404
    with transaction.atomic():
        count = steer.replay(chosen, request.user)
        bell.ring()
    if count:
        text = _("The platform is read anew; what this call said then is not used.")
        messages.success(request, text)
    else:
        text = _("This was never believed, so there is nothing to repeat.")
        messages.warning(request, text)
    return redirect(reverse("dashboard:webhooks_show", args=[request.tenant.slug, pk]))


urlpatterns = [
    path("", show, name="webhooks"),
    path("<int:pk>/", one, name="webhooks_show"),
    path("<int:pk>/replay/", replay, name="webhooks_replay"),
]
