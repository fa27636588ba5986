"""Laying a route: chosen among those both ends can do, asked for, set going."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.messages import Changed, Everything
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.routes import told_of_hooks
from integration.dashboard.rules import PACES
from integration.dashboard.templatetags import called
from integration.engine import cost, laying, opening
from integration.errors import BadConfig
from integration.jobs import bell
from integration.models import Connection, Role, Route
from synclog import saying

USUAL = 7200
Offer = tuple[Connection, Connection, str]


class NewForm(forms.Form):
    """One of the routes that could be laid, and how often it looks."""

    what = forms.ChoiceField(label=gettext_lazy("What, from where, to where"))
    every = forms.TypedChoiceField(
        label=gettext_lazy("Look for changes every"),
        coerce=int,
        choices=lambda: [(every, called.lasting(every)) for every in PACES],
        initial=USUAL,
    )

    def __init__(self, offered: dict[str, Offer], given: Any = None) -> None:
        super().__init__(given)
        self.offered = offered
        groups = defaultdict(list)
        for name, (source, target, kind) in offered.items():
            groups[f"{source} → {target}"].append((name, called.things(kind)))
        field = self.fields["what"]
        field.choices = list(groups.items())  # type: ignore[attr-defined]
        for each in self.fields.values():
            each.widget.attrs["class"] = "form-select"

    @property
    def places(self) -> Offer:
        """Source, target and kind chosen."""
        return self.offered[self.cleaned_data["what"]]


@page(Role.ADMIN)
def new(request: MemberRequest) -> HttpResponse:
    """Choose what goes from where to where; be told what it costs; then it is laid."""
    given = request.POST if request.method == "POST" else request.GET
    offered = _offered(request)
    form = NewForm(offered, given if "what" in given else None)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "offered": bool(offered)}
        return render(request, "dashboard/routes/new.html", context)
    source, target, kind = form.places
    if request.method != "POST":
        return _sure(request, form)
    every = form.cleaned_data["every"]
    try:
        laid = laying.lay(
            request.tenant, kind, source, target, request.user, every=every
        )
    except BadConfig as bad:
        form.add_error("what", saying.told(bad))
        context = {"form": form, "offered": True}
        return render(request, "dashboard/routes/new.html", context)
    bell.ring()
    messages.success(
        request,
        _("The route is laid. The first read was asked for.")
        if opening.reads(laid.runs)
        else _("The route is laid. What is known of the source goes at once.")
        if laid.runs
        else _("The route is laid. What is sold from now on goes there."),
    )
    told_of_hooks(request, laid.hooks)
    return redirect("dashboard:routes_show", request.tenant.slug, laid.route.pk)


def _offered(request: MemberRequest) -> dict[str, Offer]:
    """Every route both ends can do and that is not there yet, by a short name."""
    mine = list(Connection.objects.for_tenant(request.tenant).defer("secrets"))
    known = registry.connectors()
    there = set(
        Route.objects.for_tenant(request.tenant).values_list(
            "source_id", "target_id", "kind"
        )
    )
    return {
        f"{source.pk}-{target.pk}-{kind}": (source, target, str(kind))
        for source in mine
        for target in mine
        if source != target and {source.platform, target.platform} <= set(known)
        for kind in Kind
        if known[source.platform].streams_of(kind)
        and known[target.platform].takes(kind)
        and (source.pk, target.pk, str(kind)) not in there
    }


def _sure(request: MemberRequest, form: NewForm) -> HttpResponse:
    """What laying the route means and costs."""
    source, target, kind = form.places
    told = {"things": called.things(kind), "source": source, "target": target}
    words = [_("%(things)s go from %(source)s to %(target)s.") % told]
    sale = Kind(kind) in SALES
    words.append(
        _(
            "From now on: what was sold before stays unsent, unless somebody asks for "
            "everything."
        )
        if sale
        else _(
            "What the source has is brought there at once, and written where it "
            "differs; the writes come on top of the cost named here."
        )
    )
    reads = cost.estimate(source, Changed() if sale else Everything(), [kind])
    context = {
        "title": _("Lay this route?"),
        "words": words,
        "cost": called.costing(reads),
        "button": _("Lay the route"),
        "hidden": {name: form.cleaned_data[name] for name in ("what", "every")},
        "back": reverse("dashboard:routes_new", args=[request.tenant.slug]),
    }
    return render(request, "dashboard/ask.html", context)


urlpatterns = [path("new/", new, name="routes_new")]
