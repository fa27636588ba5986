"""What is done to a merchant's own addresses: add, change, sign anew, test, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from integration.dashboard.access import MemberRequest, fresh, page
from integration.dashboard.dressing import dress
from integration.engine import endpoints
from integration.http.redact import address
from integration.insight.endpoints import history
from integration.jobs import bell
from integration.models import Endpoint, Role
from synclog.events import CATALOGUE, CHOICES
from synclog.models import Notice

FOLDER = "dashboard/outgoing"


class EndpointForm(forms.Form):
    """An address, what it is for, and what it is told."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=endpoints.URL_LIMIT,
        help_text=gettext_lazy(
            "Where your own system listens; it begins with https:// and answers any "
            "event with status 200."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=endpoints.DESCRIPTION_LIMIT,
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=[
            (sort.name, format_lazy("{name}: {says}", name=sort.name, says=sort.says))
            for sort in CATALOGUE
            if sort.name in CHOICES
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


@never_cache
@page(Role.ADMIN)
@fresh
def add(request: MemberRequest) -> HttpResponse:
    """Asks for an address and events, and shows its secret this once."""
    form = EndpointForm(
        request.POST if request.method == "POST" else None,
        initial={"events": ["error.opened", "connection.lost", "connection.back"]},
    )
    if form.is_bound and form.is_valid():
        try:
            endpoint, secret = endpoints.add(
                request.tenant, user=request.user, **_asked(form)
            )
        except endpoints.Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            return _shown_once(request, endpoint, secret)
    context = {"form": form}
    return render(request, f"{FOLDER}/form.html", context)


@page(Role.ADMIN)
def change(request: MemberRequest, pk: int) -> HttpResponse:
    """Another address, other events."""
    endpoint = endpoint_of(request, pk)
    form = EndpointForm(
        request.POST if request.method == "POST" else None,
        initial={
            "url": endpoint.url,
            "description": endpoint.description,
            "events": endpoint.events,
        },
    )
    if form.is_bound and form.is_valid():
        try:
            endpoints.change(endpoint, user=request.user, **_asked(form))
        except endpoints.Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, _("Saved."))
            return _back(request, endpoint)
    context = {"form": form, "endpoint": endpoint}
    return render(request, f"{FOLDER}/form.html", context)


def _asked(form: EndpointForm) -> dict[str, Any]:
    asked = form.cleaned_data
    return {
        "url": asked["url"],
        "chosen": asked["events"],
        "description": asked["description"],
    }


@never_cache
@page(Role.ADMIN)
@fresh
def rotate(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks, then shows the new secret this once."""
    endpoint = endpoint_of(request, pk)
    if request.method == "POST":
        return _shown_once(request, endpoint, endpoints.rotate(endpoint, request.user))
    words = [
        _(
            "Events are signed with the new secret at once, and for 24 hours with the "
            "one before as well: put the new one into your system within that time."
        ),
    ]
    context = {
        "title": _("Replace the secret"),
        "words": words,
        "button": _("Replace it"),
        "back": _url(request, "one", endpoint.pk),
    }
    return render(request, "dashboard/ask.html", context)


def _shown_once(
    request: MemberRequest, endpoint: Endpoint, secret: str
) -> HttpResponse:
    context = {
        "endpoint": endpoint,
        "shown": address(endpoint.url),
        "secret": secret,
    }
    return render(request, f"{FOLDER}/secret.html", context)


@page(Role.ADMIN)
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks, then removes the address with its history."""
    endpoint = endpoint_of(request, pk)
    if request.method == "POST":
        endpoints.remove(endpoint, request.user)
        messages.success(request, _("The address is removed."))
        return redirect("dashboard:webhooks_out", request.tenant.slug)
    kept = history(endpoint).order_by()[:1_001].count()
    told = "1000+" if kept > 1_000 else str(kept)
    words = [
        _("%(url)s is told nothing more.") % {"url": address(endpoint.url)},
        ngettext(
            "%(count)s event and its tries are forgotten.",
            "%(count)s events and their tries are forgotten.",
            kept,
        )
        % {"count": told},
    ]
    context = {
        "title": _("Remove this address"),
        "words": words,
        "button": _("Remove it"),
        "back": _url(request, "one", endpoint.pk),
        "danger": True,
    }
    return render(request, "dashboard/ask.html", context)


@require_POST
@page(Role.ADMIN)
def switch(request: MemberRequest, pk: int) -> HttpResponse:
    """On or off, as the form says."""
    endpoint = endpoint_of(request, pk)
    on = request.POST.get("on") == "yes"
    endpoints.switch(endpoint, on, request.user)
    words = _("It is told events from now on.") if on else _("It is told nothing more.")
    messages.success(request, words)
    return _back(request, endpoint)


@require_POST
@page(Role.ADMIN)
def ping(request: MemberRequest, pk: int) -> HttpResponse:
    """A test event; its page tells what came of it."""
    endpoint = endpoint_of(request, pk)
    if not endpoint.enabled:
        messages.error(request, _("Switch the address on first."))
        return _back(request, endpoint)
    notice = endpoints.ping(endpoint, request.user)
    bell.ring()
    messages.success(request, _("A test event is on its way."))
    return redirect(_url(request, "event", endpoint.pk, notice.pk))


@require_POST
@page(Role.OPERATOR)
def resend(request: MemberRequest, pk: int, event_pk: int) -> HttpResponse:
    """The same event again, by its own id."""
    endpoint = endpoint_of(request, pk)
    notice: Notice = get_object_or_404(
        history(endpoint).select_related("endpoint"), pk=event_pk
    )
    if endpoints.resend(notice, request.user):
        bell.ring()
        messages.success(request, _("The event is on its way again."))
    else:
        words = _("It is on its way already, or the address is switched off.")
        messages.error(request, words)
    return redirect(_url(request, "event", endpoint.pk, notice.pk))


def endpoint_of(request: MemberRequest, pk: int) -> Endpoint:
    """The merchant's own address of that number; anybody else's is not there (404)."""
    found: Endpoint = get_object_or_404(
        Endpoint.objects.for_tenant(request.tenant), pk=pk
    )
    return found


def _url(request: MemberRequest, name: str, *args: int) -> str:
    return reverse(f"dashboard:webhooks_out_{name}", args=[request.tenant.slug, *args])


def _back(request: MemberRequest, endpoint: Endpoint) -> HttpResponse:
    return redirect(_url(request, "one", endpoint.pk))
