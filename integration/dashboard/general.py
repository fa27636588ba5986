"""General settings: name, time zone, currency."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.core import Locale
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.dashboard.access import MemberRequest, may, page
from integration.dashboard.dressing import dress
from integration.insight.values import locale
from integration.models import Role, Tenant
from synclog import journal


class GeneralForm(forms.ModelForm):
    """What a merchant may change of itself."""

    class Meta:
        model = Tenant
        fields = ("name", "zone", "currency")
        labels = {"name": gettext_lazy("Name")}

    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(zone, zone) for zone in sorted(available_timezones())],
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of sums"), choices=lambda: _currencies()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


def _currencies() -> list[tuple[str, str]]:
    """Every currency by its code, named in the reader's language."""
    names = sorted(Locale.parse(locale()).currencies.items())
    return [(code, f"{code} – {name}") for code, name in names]


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The form; whoever may not change it reads it."""
    changes = may(request.member, Role.ADMIN)
    posted = request.POST if request.method == "POST" else None
    before = {
        name: str(getattr(request.tenant, name)) for name in GeneralForm.Meta.fields
    }
    form = GeneralForm(posted, instance=request.tenant)
    if posted is not None and not changes:
        return render(
            request, "dashboard/refused.html", {"needed": Role.ADMIN}, status=403
        )
    if posted is not None and form.is_valid():
        form.save()
        after = {name: str(getattr(request.tenant, name)) for name in form.changed_data}
        if after:
            told = {name: before[name] for name in after}
            journal.audit(
                request.tenant,
                "changed settings",
                request.tenant.name,
                user=request.user,
                before=told,
                after=after,
            )
        messages.success(request, _("Saved."))
        return redirect("dashboard:settings", request.tenant.slug)
    if not changes:
        for field in form.fields.values():
            field.disabled = True
    return render(request, "dashboard/settings/general.html", {"form": form})


urlpatterns = [path("", show, name="settings")]
