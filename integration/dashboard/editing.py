"""Edit and resend: the fields of what would be sent, the differences, the sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from integration.dashboard.access import MemberRequest, page
from integration.engine import editing
from integration.engine.corrections import Field, Unfit
from integration.engine.editing import Look
from integration.jobs import bell
from integration.models import Delivery, Role
from synclog.models import LIVE_ERRORS, SyncError

# Before a field's path in the form.
PREFIX = "field:"


@page(Role.OPERATOR)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """The form; what was typed, against what the source says; then it is sent."""
    error = _error(request, pk)
    delivery = _delivery(request, error)
    given = _given(request.POST)
    if request.method != "POST":
        return _form(request, error, editing.look(delivery), {})
    try:
        if "confirm" in request.POST:
            editing.send(delivery, given, request.POST.get("seen", ""), request.user)
            bell.ring()
            messages.success(
                request,
                _("It is sent once with your corrections. The source is as it was."),
            )
            return redirect("dashboard:errors_show", request.tenant.slug, pk)
        seen = editing.look(delivery)
        if "back" in request.POST:
            return _form(request, error, seen, given)
        changes = editing.changes(seen, given)
    except Unfit as unfit:
        return _form(request, error, editing.look(delivery), given, unfit)
    typed = [(change, given[change.path]) for change in changes]
    context = {"error": error, "changes": typed, "look": seen}
    return render(request, "dashboard/errors/difference.html", context)


def _error(request: MemberRequest, pk: int) -> SyncError:
    own = SyncError.objects.for_tenant(request.tenant).select_related("connection")
    live = own.filter(state__in=LIVE_ERRORS, delivery__isnull=False)
    found: SyncError = get_object_or_404(live, pk=pk)
    return found


def _delivery(request: MemberRequest, error: SyncError) -> Delivery:
    own = Delivery.objects.for_tenant(request.tenant).select_related(
        "record__parent", "route__source", "route__target"
    )
    found: Delivery = get_object_or_404(own, pk=error.delivery_id)
    return found


def _given(posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by the path of its field."""
    return {
        name.removeprefix(PREFIX): posted[name]
        for name in posted
        if name.startswith(PREFIX)
    }


def _form(
    request: MemberRequest,
    error: SyncError,
    seen: Look,
    given: Mapping[str, str],
    unfit: Unfit | None = None,
) -> HttpResponse:
    context = {
        "error": error,
        "look": seen,
        "lines": _lines(seen.fields, given, unfit),
        "unfit": unfit.reason if unfit else "",
        "unfit_at": unfit.path if unfit else "",
        "back": reverse("dashboard:errors_show", args=[request.tenant.slug, error.pk]),
    }
    status = 422 if unfit else 200
    return render(request, "dashboard/errors/edit.html", context, status=status)


def _lines(
    fields: Sequence[Field], given: Mapping[str, str], unfit: Unfit | None
) -> list[dict[str, Any]]:
    """The fields as the form shows them: their paths, and what stands in them."""
    return [
        {
            "name": f"{PREFIX}{field.path}",
            "id": f"field-{place}",
            "field": field,
            "value": given.get(field.path, _typed(field)),
            "long": isinstance(field.value, str) and len(field.value) > 80,
            "wrong": unfit is not None and unfit.path == field.path,
        }
        for place, field in enumerate(fields)
    ]


def _typed(field: Field) -> str:
    if field.type == "yes_no":
        return "true" if field.value else "false"
    return "" if field.value is None else str(field.value)
