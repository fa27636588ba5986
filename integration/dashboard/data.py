"""What is kept and for how long; taking everything along; deleting the store."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from integration.dashboard.access import MemberRequest, fresh, page
from integration.engine import leaving
from integration.insight import export
from integration.models import Role
from synclog import journal

DAYS = (30, 90, 180, 365)


class KeepForm(forms.Form):
    """How many days what has ended is kept."""

    keep_days = forms.TypedChoiceField(
        label=gettext_lazy("Keep what has ended for"),
        coerce=int,
        choices=lambda: [(days, _("%(days)s days") % {"days": days}) for days in DAYS],
        help_text=gettext_lazy(
            "Runs, webhooks, mails and solved errors. Links, products, orders and the "
            "audit stay; open errors stay until they are solved."
        ),
        widget=forms.Select(attrs={"class": "form-select"}),
    )


@page(Role.ADMIN)
def show(request: MemberRequest) -> HttpResponse:
    """Retention, the export, and the way out."""
    posted = request.POST if request.method == "POST" else None
    form = KeepForm(posted, initial={"keep_days": request.tenant.keep_days})
    if posted is not None and form.is_valid():
        before, days = request.tenant.keep_days, form.cleaned_data["keep_days"]
        request.tenant.keep_days = days
        request.tenant.save(update_fields=["keep_days"])
        journal.audit(
            request.tenant,
            "changed retention",
            request.tenant.name,
            user=request.user,
            before={"days": before},
            after={"days": days},
        )
        messages.success(request, _("Saved."))
        return redirect("dashboard:settings_data", request.tenant.slug)
    return render(request, "dashboard/settings/data.html", {"form": form})


@require_POST
@page(Role.OWNER)
@fresh
def take(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    """Everything as lines of JSON, streamed."""
    tenant = request.tenant
    journal.audit(tenant, "exported data", tenant.name, user=request.user)
    name = f"{request.tenant.slug}-{timezone.now():%Y-%m-%d}.jsonl"
    return StreamingHttpResponse(
        export.lines(request.tenant),
        content_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page(Role.OWNER)
@fresh
def delete(request: MemberRequest) -> HttpResponse:
    """Asks for the merchant's address in words; then begins, and nothing stops it."""
    typed = request.POST.get("typed", "").strip() if request.method == "POST" else None
    if typed == request.tenant.slug:
        leaving.ask(request.tenant, request.user)
        messages.success(
            request,
            _("%(name)s is being deleted; this takes some minutes.")
            % {"name": request.tenant.name},
        )
        return redirect("choose")
    return render(
        request,
        "dashboard/settings/delete.html",
        {"wrong": typed is not None},
        status=200 if typed is None else 400,
    )


urlpatterns = [
    path("data/", show, name="settings_data"),
    path("data/export/", take, name="settings_export"),
    path("data/delete/", delete, name="settings_delete"),
]
