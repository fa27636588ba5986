"""The mapping of a route: field by field, with the merchant's own rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integration.canonical.kinds import PARTS, Kind
from integration.contract.overrides import FUNCTIONS, Row
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.dressing import dress
from integration.dashboard.routes import workable
from integration.dashboard.templatetags import called
from integration.engine import overriding
from integration.errors import BadConfig
from integration.insight import mapping as insight
from integration.jobs import bell
from integration.models import Connection, Direction, Override, Role, Route
from synclog import saying

THEN = {
    "text": gettext_lazy("as text"),
    "strip": gettext_lazy("without blanks around it"),
    "lower": gettext_lazy("in small letters"),
    "upper": gettext_lazy("in capital letters"),
    "number": gettext_lazy("as a number"),
    "list": gettext_lazy("as a list, split at commas"),
}


class RowForm(forms.Form):
    """One row of a merchant's own."""

    field = forms.CharField(label=gettext_lazy("Field"), max_length=200)
    path = forms.CharField(
        label=gettext_lazy("Filled from"),
        max_length=300,
        help_text=gettext_lazy(
            "A place in the source, such as name, address.city, "
            "meta_data[key=ean].value or images[0].src"
        ),
    )
    then = forms.ChoiceField(
        label=gettext_lazy("And then"),
        required=False,
        choices=lambda: [
            ("", _("as it is")),
            *((name, THEN.get(name, name)) for name in FUNCTIONS),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["path"].widget.attrs["list"] = "places"


@page()
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """Both maps of a route, tried on what was seen last."""
    route = workable(request, pk)
    tables = insight.tables(route)
    context = {
        "route": route,
        "at": "map",
        "tables": tables,
        "unmapped": sum(len(table.unmapped) for table in tables),
        "fixed": insight.FIXED,
        "shared": _shared(request, route),
    }
    return render(request, "dashboard/mapping/show.html", context)


def _shared(request: MemberRequest, route: Route) -> list[Route]:
    """The other routes that read or write by one of these maps."""
    others = Route.objects.for_tenant(request.tenant).exclude(pk=route.pk)
    reads = others.filter(source=route.source_id, kind=route.kind)
    writes = others.filter(target=route.target_id, kind=route.kind)
    return list((reads | writes).select_related("source", "target"))


@page(Role.ADMIN)
def edit(request: MemberRequest, pk: int, direction: str, kind: str) -> HttpResponse:
    """One row: which field, from where, through what."""
    route = workable(request, pk)
    connection = _end(route, direction, kind)
    given = request.POST if request.method == "POST" else None
    form = RowForm(given, initial=_initial(request, connection, direction, kind))
    if form.is_bound and form.is_valid():
        row = Row(**form.cleaned_data)
        try:
            overriding.set_row(connection, direction, kind, row, request.user)
        except BadConfig as bad:
            name = bad.field if bad.field in form.fields else None
            form.add_error(name, saying.told(bad))
        else:
            bell.ring()
            messages.success(
                request, _("Saved.") + " " + _consequence(route, direction, kind)
            )
            return redirect("dashboard:routes_map", request.tenant.slug, pk)
    context = {
        "route": route,
        "at": "map",
        "form": form,
        "direction": direction,
        "kind": kind,
        "connection": connection,
        "consequence": _consequence(route, direction, kind),
        "places": _places(route, direction, kind),
    }
    return render(request, "dashboard/mapping/edit.html", context)


@page(Role.ADMIN)
def take_back(request: MemberRequest, pk: int, row: int) -> HttpResponse:
    """What taking a row back means; then the platform's own map holds again."""
    route = workable(request, pk)
    mine = Override.objects.for_tenant(request.tenant).select_related("connection")
    override: Override = get_object_or_404(mine, pk=row)
    if override.connection_id != _end(route, override.direction, override.kind).pk:
        raise Http404
    back = reverse("dashboard:routes_map", args=[request.tenant.slug, pk])
    if request.method == "POST":
        overriding.take_back(override, request.user)
        bell.ring()
        messages.success(
            request, _("Taken back: %(field)s.") % {"field": override.field}
        )
        return redirect(back)
    context = {
        "title": _("Take this row back?"),
        "words": [
            _("%(field)s is no longer filled from %(path)s.")
            % {"field": override.field, "path": override.path},
            _(
                "A field of the platform's own map is filled as that map says again; "
                "one you added is left out from now on, and stays there as it is."
            ),
            _consequence(route, override.direction, override.kind),
        ],
        "cost": _("no call to read; writes of what comes out different"),
        "button": _("Take it back"),
        "back": back,
    }
    return render(request, "dashboard/ask.html", context)


def _end(route: Route, direction: str, kind: str) -> Connection:
    """The connection whose map is meant; 404 where the route does not use it."""
    read = {route.kind, str(PARTS.get(Kind(route.kind), route.kind))}
    if direction == Direction.READ and kind in read:
        return route.source
    if direction == Direction.WRITE and kind == route.writes:
        return route.target
    raise Http404


def _initial(
    request: MemberRequest, connection: Connection, direction: str, kind: str
) -> dict[str, str]:
    """The row as it is stored; of a field without one its name alone."""
    name = request.GET.get("field", "")[:200]
    row = overriding.rows(connection, direction, kind).get(name)
    if row is None:
        return {"field": name}
    return {"field": row.field, "path": row.path, "then": row.then}


def _consequence(route: Route, direction: str, kind: str) -> str:
    """What another row changes: so many items, and no call to read them."""
    end = _end(route, direction, kind)
    count = overriding.anew(end, direction, kind)
    told = {"connection": end, "things": called.things(kind), "count": f"{count:,}"}
    if count > overriding.MOST:
        words = _(
            "More than %(count)s items of %(connection)s are mapped anew within a "
            "minute, without a call; what comes out different is sent."
        )
        return words % {**told, "count": f"{overriding.MOST:,}"}
    words = ngettext(
        "%(count)s item of %(connection)s is mapped anew within a minute, without a "
        "call; if it comes out different it is sent.",
        "%(count)s items of %(connection)s are mapped anew within a minute, without a "
        "call; what comes out different is sent.",
        count,
    )
    return words % told


def _places(route: Route, direction: str, kind: str) -> list[str]:
    found = (
        table.places
        for table in insight.tables(route)
        if (table.direction, table.kind) == (direction, kind)
    )
    return list(next(found, ()))


urlpatterns = [
    path("<int:pk>/map/", show, name="routes_map"),
    path("<int:pk>/map/<slug:direction>/<slug:kind>/", edit, name="routes_map_field"),
    path("<int:pk>/map/rows/<int:row>/back/", take_back, name="routes_map_back"),
]
