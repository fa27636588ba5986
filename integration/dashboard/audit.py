"""Who did what: every deed of a person, and what Weft changed by itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.paging import sliced
from integration.models import Role
from synclog.cleaning import without_secrets
from synclog.models import AuditEvent


@page(Role.ADMIN)
def show(request: MemberRequest) -> HttpResponse:
    """The newest first, searched by who did it, what was done, and to what."""
    asked = {name: request.GET.get(name, "")[:150].strip() for name in ("who", "verb")}
    rows = AuditEvent.objects.for_tenant(request.tenant).select_related("user")
    if asked["who"]:
        rows = rows.filter(actor__icontains=asked["who"])
    if asked["verb"]:
        rows = rows.filter(verb=asked["verb"])
    found = sliced(rows, ("-at", "-pk"), request.GET.get("after", ""))
    for event in found.rows:
        # Masked once more: it may have been stored before a name counted as secret.
        event.before = without_secrets(event.before)
        event.after = without_secrets(event.after)
    verbs = (
        AuditEvent.objects.for_tenant(request.tenant)
        .order_by("verb")
        .values_list("verb", flat=True)
        .distinct()
    )
    context = {"slice": found, "asked": asked, "verbs": verbs}
    return render(request, "dashboard/settings/audit.html", context)


urlpatterns = [path("audit/", show, name="settings_audit")]
