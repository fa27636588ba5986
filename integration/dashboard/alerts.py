"""Alerts: what is told by mail, how and when, and a test mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from integration.dashboard.access import MemberRequest, may, page
from integration.dashboard.dressing import dress
from integration.models import Role, Tenant
from synclog import greeting, journal
from synclog.wishes import CHOICES, Event, Wish, wish

EVENTS = {
    Event.SALE: gettext_lazy("An order or invoice did not get through"),
    Event.PROBLEM: gettext_lazy("Anything else did not get through"),
    Event.GAVE_UP: gettext_lazy("Weft gave up trying"),
    Event.RECOVERED: gettext_lazy("A problem is solved"),
    Event.CONNECTION: gettext_lazy("A connection was lost, or is back"),
}
WISHES = {
    Wish.NOW: gettext_lazy("At once"),
    Wish.DIGEST: gettext_lazy("Once a day"),
    Wish.OFF: gettext_lazy("Off"),
}
FIELDS = ("email", "language", "quiet_from", "quiet_until")


class AlertsForm(forms.ModelForm):
    """What everybody of the merchant is told, where the shared mail goes, and when."""

    class Meta:
        model = Tenant
        fields = FIELDS
        labels = {
            "email": gettext_lazy("Shared address"),
            "quiet_from": gettext_lazy("Quiet hours from"),
            "quiet_until": gettext_lazy("Quiet hours until"),
        }
        help_texts = {
            "email": gettext_lazy("Owners and admins are told besides."),
            "quiet_from": gettext_lazy(
                "Nothing is mailed then but the first failure of an order or invoice."
            ),
        }
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            for name in ("quiet_from", "quiet_until")
        }

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for event, label in EVENTS.items():
            self.fields[event] = forms.ChoiceField(
                label=label,
                choices=[(each.value, WISHES[each]) for each in CHOICES[event]],
                initial=wish(self.instance, event),
            )
        self.order_fields([*EVENTS, *FIELDS])
        dress(self)

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end, or neither."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end."))
        return given

    def save(self, commit: bool = True) -> Any:
        """Store the wishes beside the fields."""
        self.instance.alerts = {
            event.value: self.cleaned_data[event] for event in EVENTS
        }
        return super().save(commit)


@page()
def show(request: MemberRequest) -> HttpResponse:
    """Everybody's wishes, for admins to change, and one's own."""
    changes = may(request.member, Role.ADMIN)
    posted = request.POST if request.method == "POST" else None
    if posted is not None and not changes:
        needed = {"needed": Role.ADMIN}
        return render(request, "dashboard/refused.html", needed, status=403)
    form = AlertsForm(posted, instance=request.tenant)
    if posted is not None and form.is_valid():
        before = {event: wish(request.tenant, event) for event in EVENTS}
        form.save()
        journal.audit(
            request.tenant,
            "changed alerts",
            request.tenant.name,
            user=request.user,
            before=before,
            after=request.tenant.alerts,
        )
        messages.success(request, _("Saved."))
        return redirect("dashboard:settings_alerts", request.tenant.slug)
    for field in () if changes else form.fields.values():
        field.disabled = True
    mine = [
        (event.value, label, event in request.member.unwanted)
        for event, label in EVENTS.items()
    ]
    told = may(request.member, Role.ADMIN)
    context = {"form": form, "mine": mine, "told": told}
    return render(request, "dashboard/settings/alerts.html", context)


@require_POST
@page(Role.ADMIN)
def mine(request: MemberRequest) -> HttpResponse:
    """What this person alone does not want to hear of."""
    wanted = set(request.POST.getlist("wanted"))
    request.member.unwanted = [event.value for event in EVENTS if event not in wanted]
    request.member.save(update_fields=["unwanted"])
    messages.success(request, _("Saved."))
    return redirect("dashboard:settings_alerts", request.tenant.slug)


@require_POST
@page(Role.ADMIN)
def test(request: MemberRequest) -> HttpResponse:
    """A mail to whoever asks, by the very road all mail goes."""
    if not request.user.email:
        messages.error(request, _("Your account has no e-mail address."))
    else:
        greeting.owe(request.tenant, request.user)
        messages.success(
            request,
            _(
                "A test mail to %(email)s is on its way. If it has not come in two "
                "minutes, look into the junk folder, then ask who runs Weft."
            )
            % {"email": request.user.email},
        )
    return redirect("dashboard:settings_alerts", request.tenant.slug)


urlpatterns = [
    path("alerts/", show, name="settings_alerts"),
    path("alerts/mine/", mine, name="settings_alerts_mine"),
    path("alerts/test/", test, name="settings_alerts_test"),
]
