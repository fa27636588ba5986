"""One order: its way, its sums, its documents, and the buttons for what is stuck."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from integration.canonical.kinds import Kind
from integration.dashboard.access import MemberRequest, page
from integration.engine import cost, steer
from integration.insight import finding, sale, standing, stepper
from integration.jobs import bell
from integration.models import Delivery, Link, Record, Role

# What may be done to one delivery by one click.
DEEDS = {"retry": steer.retry, "hold": steer.hold, "release": steer.release}
DONE = {
    "retry": gettext_lazy("It is tried again now."),
    "hold": gettext_lazy("It is on hold until somebody releases it."),
    "release": gettext_lazy("It is released and goes now."),
}


class ThereForm(forms.Form):
    """The id of what a person found, or made by hand, on the target."""

    external_id = forms.CharField(
        label=gettext_lazy("Its id there"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "With the id, Weft links the two and keeps what belongs to it in step: its "
            "payment, its refund. Leave it empty to close it without a link."
        ),
    )


@page(Role.VIEWER)
def show(request: MemberRequest, uid: UUID) -> HttpResponse:
    """All of one order."""
    found = sale.gather(request.tenant, uid)
    if found is None:
        return _its_order(request, uid)
    return render(
        request,
        "dashboard/order/show.html",
        {
            "sale": found,
            "line": found.line,
            "steps": stepper.steps(request.tenant, found),
            "comparison": found.comparison,
            "cost": cost.of_links(_own(found)),
            "why": _why(found),
        },
    )


def _its_order(request: MemberRequest, uid: UUID) -> HttpResponse:
    """A payment or a refund is shown on its order's page; anything else is not here."""
    rows = Record.objects.for_tenant(request.tenant).select_related("parent")
    section, of = finding.page_of(get_object_or_404(rows, uid=uid))
    if section != "orders" or of == str(uid):
        raise Http404
    return redirect("dashboard:orders_show", request.tenant.slug, of)


def _own(found: sale.Sale) -> list[Link]:
    """The links of the order itself: what a look at it asks for."""
    return [link for link in found.links if link.record_id == found.record.pk]


def _why(found: sale.Sale) -> str:
    """One sentence: what is wrong, or what comes next."""
    for stop in sorted(
        found.line.stops, key=lambda stop: standing.WORST.index(stop.state)
    ):
        if stop.reason:
            return f"{stop.route.target.label}: {stop.reason}"
    return ""


@page(Role.OPERATOR)
@require_POST
def sync(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Read the order anew wherever it is known."""
    record = _record(request, uid)
    with transaction.atomic():
        runs = steer.sync_now([record], request.user)
        bell.ring()
    if runs:
        text = ngettext(
            "%(count)d read is under way.", "%(count)d reads are under way.", len(runs)
        )
        messages.success(request, text % {"count": len(runs)})
    else:
        messages.warning(request, _("No platform can be asked for this order alone."))
    return _back(request, uid)


@page(Role.OPERATOR)
@require_POST
def act(request: MemberRequest, uid: UUID, pk: int, deed: str) -> HttpResponse:
    """Retry, hold or release one delivery of the order."""
    if deed not in DEEDS:
        raise Http404
    chosen = _deliveries(request, uid).filter(pk=pk)
    if not chosen.exists():
        raise Http404
    with transaction.atomic():
        count = DEEDS[deed](chosen, request.user)
        bell.ring()
    if count:
        messages.success(request, DONE[deed])
    else:
        messages.warning(request, _("Meanwhile it stands otherwise: look again."))
    return _back(request, uid)


@page(Role.OPERATOR)
def again(request: MemberRequest, uid: UUID, pk: int) -> HttpResponse:
    """Send once more what may be there already, once a person has looked."""
    delivery = _delivery(request, uid, pk)
    if not (standing.may_exist(delivery) and _counts(delivery)):
        messages.warning(request, _("What became of this is known: retry it instead."))
        return _back(request, uid)
    if request.method == "POST":
        with transaction.atomic():
            steer.post_again(delivery, request.user)
            bell.ring()
        messages.success(request, _("It is sent once more, as something new."))
        return _back(request, uid)
    names = {"what": str(delivery.record), "target": delivery.route.target.label}
    return render(
        request,
        "dashboard/ask.html",
        {
            "title": _("Post %(what)s again?") % names,
            "words": [
                _(
                    "It was sent to %(target)s once and no answer came, so it may be "
                    "there. Did you look, and it is not there?"
                )
                % names,
                _("If it is there after all, it will be there twice."),
            ],
            "cost": _("1 call, and those for what it lacks there"),
            "button": _("I looked: post it again"),
            "back": _address(request, uid),
            "danger": True,
        },
    )


@page(Role.OPERATOR)
def done(request: MemberRequest, uid: UUID, pk: int) -> HttpResponse:
    """Mark as done by hand, with the id there or without."""
    delivery = _delivery(request, uid, pk)
    if delivery.state in ("done", "closed", "sending") or not _counts(delivery):
        messages.warning(request, _("Meanwhile it stands otherwise: look again."))
        return _back(request, uid)
    form = ThereForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refused = _mark(request, delivery, form.cleaned_data["external_id"].strip())
        if not refused:
            messages.success(request, _("Marked as done by hand; nothing was sent."))
            return _back(request, uid)
        form.add_error("external_id", refused)
    return render(
        request,
        "dashboard/order/done.html",
        {"form": form, "delivery": delivery, "back": _address(request, uid)},
        status=422 if form.errors else 200,
    )


def _mark(request: MemberRequest, delivery: Delivery, external_id: str) -> str:
    """Link it or close it; what is wrong with the id, or ""."""
    chosen = Delivery.objects.for_tenant(request.tenant).filter(pk=delivery.pk)
    try:
        with transaction.atomic():
            if external_id:
                steer.confirm_there(delivery, external_id, request.user)
            else:
                steer.close(chosen, request.user)
            bell.ring()
    except IntegrityError:
        return _("This id belongs to another order already.")
    return ""


def _counts(delivery: Delivery) -> bool:
    """Whether nothing came after it on its way: else that one serves."""
    later = Delivery.objects.for_tenant(delivery.tenant_id).filter(
        route=delivery.route_id, record=delivery.record_id, pk__gt=delivery.pk
    )
    return not later.exists()


def _record(request: MemberRequest, uid: UUID) -> Record:
    orders = Record.objects.for_tenant(request.tenant).filter(kind=Kind.ORDER)
    found: Record = get_object_or_404(orders, uid=uid)
    return found


def _deliveries(request: MemberRequest, uid: UUID) -> QuerySet[Delivery]:
    """Those of the order and of what belongs to it."""
    rows = Delivery.objects.for_tenant(request.tenant)
    return rows.filter(
        Q(record__uid=uid, record__kind=Kind.ORDER)
        | Q(record__parent__uid=uid, record__parent__kind=Kind.ORDER)
    )


def _delivery(request: MemberRequest, uid: UUID, pk: int) -> Delivery:
    rows: Any = _deliveries(request, uid).select_related("record", "route__target")
    found: Delivery = get_object_or_404(rows, pk=pk)
    return found


def _address(request: MemberRequest, uid: UUID) -> str:
    return redirect("dashboard:orders_show", request.tenant.slug, uid)["Location"]


def _back(request: MemberRequest, uid: UUID) -> HttpResponseRedirect:
    """To the list where the button was there, else to the order."""
    slug = request.tenant.slug
    if request.POST.get("to") == "list":
        return redirect("dashboard:orders", slug)
    return redirect("dashboard:orders_show", slug, uid)


urlpatterns = [
    path("<uuid:uid>/", show, name="orders_show"),
    path("<uuid:uid>/sync/", sync, name="orders_sync"),
    path("<uuid:uid>/<int:pk>/again/", again, name="orders_again"),
    path("<uuid:uid>/<int:pk>/done/", done, name="orders_done"),
    path("<uuid:uid>/<int:pk>/<slug:deed>/", act, name="orders_act"),
]
