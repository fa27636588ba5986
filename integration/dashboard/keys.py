"""API keys: made for one purpose, shown once, revoked at a click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from integration.dashboard.access import MemberRequest, fresh, page
from integration.dashboard.dressing import dress
from integration.engine import api_keys
from integration.models import ApiKey, Role, Scope

SCOPES = {
    Scope.READ: gettext_lazy("Read everything but the audit"),
    Scope.SYNC: gettext_lazy("Ask for reads and full syncs, replay webhooks"),
    Scope.ERRORS: gettext_lazy("Retry, ignore and resolve errors"),
    Scope.SYNC_LOG: gettext_lazy("Report to the sync log"),
    Scope.AUDIT: gettext_lazy("Read the audit"),
}
# Days a key is good for; 0: until it is revoked.
LIVES = (
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("A year")),
    (0, gettext_lazy("Until it is revoked")),
)


class KeyForm(forms.Form):
    """A key to be: who uses it, what it may do, how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Who or what uses it, such as “Data warehouse”."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=[(scope.value, words) for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for"),
        coerce=int,
        choices=LIVES,
        initial=365,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


@page(Role.ADMIN)
def show(request: MemberRequest) -> HttpResponse:
    """The keys, those in force first; never what opens anything."""
    keys = ApiKey.objects.for_tenant(request.tenant).select_related("created_by")
    context = {
        "keys": [(key, _stands(key), _may(key)) for key in keys.order_by("-pk")[:200]]
    }
    return render(request, "dashboard/settings/keys.html", context)


def _stands(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    over = key.expires_at is not None and key.expires_at <= timezone.now()
    return "expired" if over else "on"


def _may(key: ApiKey) -> list[str]:
    return [str(SCOPES[scope]) for scope in SCOPES if scope in key.scopes]


@never_cache
@page(Role.ADMIN)
@fresh
def add(request: MemberRequest) -> HttpResponse:
    """Asks what the key is for, makes it, and shows it this once."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(request, "dashboard/settings/key_add.html", {"form": form})
    asked = form.cleaned_data
    days = asked["days"]
    key, text = api_keys.issue(
        request.tenant,
        asked["name"],
        asked["scopes"],
        timezone.now() + timedelta(days=days) if days else None,
        request.user,
    )
    return render(
        request, "dashboard/settings/key_made.html", {"key": key, "text": text}
    )


@require_POST
@page(Role.ADMIN)
@fresh
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    """Whoever uses it is refused from this moment."""
    key = get_object_or_404(ApiKey.objects.for_tenant(request.tenant), pk=pk)
    if api_keys.revoke(key, request.user):
        messages.success(request, _("%(key)s is revoked.") % {"key": key})
    return redirect("dashboard:settings_keys", request.tenant.slug)


urlpatterns = [
    path("keys/", show, name="settings_keys"),
    path("keys/add/", add, name="settings_keys_add"),
    path("keys/<int:pk>/revoke/", revoke, name="settings_keys_revoke"),
]
