"""Items: found by SKU, number, e-mail, name or any id; and what is done to many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integration.canonical.kinds import Kind
from integration.dashboard import csv_export
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.paging import SIZE, Slice, sliced
from integration.dashboard.templatetags.called import costing
from integration.dashboard.templatetags.weft import LOOKS
from integration.engine import ignoring, looking
from integration.insight import items
from integration.insight.conditions import About, State
from integration.insight.items import ANY, LISTED, Chosen, Row
from integration.insight.state import routes_of
from integration.jobs import bell
from integration.models import Record, Role
from synclog import nouns

ORDER = ("label", "pk")
DAYS = (1, 7, 30)
# Lines of a file made at once, and items looked through for one page of a list that
# only their platforms' own words can tell.
TOGETHER = 200
LOOKED_THROUGH = 400
HEADER = (
    gettext_lazy("Kind"),
    gettext_lazy("SKU or e-mail"),
    gettext_lazy("Title"),
    gettext_lazy("Stock"),
    gettext_lazy("Price"),
    gettext_lazy("State"),
    gettext_lazy("Oldest check"),
    gettext_lazy("Id in Weft"),
)


@page()
def show(request: MemberRequest) -> HttpResponse:
    """One page of the list."""
    chosen = _chosen(request)
    about = About(request.tenant, chosen.kind, routes_of(request.tenant))
    found, rows, looked = _page(about, chosen, request.GET.get("after", ""))
    narrowed = chosen.state or chosen.before or chosen.term
    context = {
        "slice": found,
        "rows": rows,
        "looked": looked,
        "chosen": chosen,
        "days": request.GET.get("stale", ""),
        "searched": chosen.term,
        "kinds": [(str(kind), nouns.many(kind)) for kind in LISTED],
        "states": [(str(state), LOOKS[state].word) for state in State],
        "ages": [(days, _older(days)) for days in DAYS],
        "narrowed": bool(narrowed),
        "code_name": _("E-mail") if chosen.kind == Kind.CUSTOMER else _("SKU"),
        "sold": chosen.kind != Kind.CUSTOMER,
    }
    return render(request, "dashboard/items/list.html", context)


@page()
def export(request: MemberRequest) -> Any:
    """The same list as a file, every line of it."""
    chosen = _chosen(request)
    about = About(request.tenant, chosen.kind, routes_of(request.tenant))
    return csv_export.streamed(_lines(about, chosen), HEADER, f"items-{chosen.kind}")


@page(Role.OPERATOR)
def sync(request: MemberRequest) -> HttpResponse:
    """Read the chosen ones anew: asks with the number of calls first."""
    records = chosen_records(request)
    if not records:
        return _nothing(request)
    if request.method != "POST":
        cost = costing(looking.costs(looking.at(records)))
        return _ask(
            request,
            title=ngettext(
                "Sync %(count)s item now?", "Sync %(count)s items now?", len(records)
            )
            % {"count": len(records)},
            words=[
                *_named(records),
                _(
                    "Weft reads them from every platform that knows them and writes "
                    "where something changed."
                ),
            ],
            cost=cost,
            button=_("Sync now"),
        )
    runs = looking.sync_now(records, request.user)
    bell.ring()
    words = ngettext(
        "%(count)s read asked for.", "%(count)s reads asked for.", len(runs)
    )
    messages.success(request, words % {"count": len(runs)})
    return back(request)


@page(Role.OPERATOR)
def ignore(request: MemberRequest) -> HttpResponse:
    """Ignore the chosen ones: asks with the consequence first."""
    records = chosen_records(request)
    if not records:
        return _nothing(request)
    if request.method != "POST":
        return _ask(
            request,
            title=ngettext(
                "Ignore %(count)s item?", "Ignore %(count)s items?", len(records)
            )
            % {"count": len(records)},
            words=[
                *_named(records),
                _(
                    "They are read on. Nothing is written of them any more, and what "
                    "waits to be written is closed. It can be undone on each item."
                ),
            ],
            button=_("Ignore"),
        )
    rows = Record.objects.for_tenant(request.tenant)
    count = ignoring.ignore(
        request.tenant, rows.filter(pk__in=[each.pk for each in records]), request.user
    )
    words = ngettext(
        "%(count)s item is ignored.", "%(count)s items are ignored.", count
    )
    messages.success(request, words % {"count": count})
    return back(request)


def chosen_records(request: MemberRequest) -> list[Record]:
    """The items whose boxes were ticked; those of others are none."""
    keys = [key for key in request.GET.getlist("item") if key.isdecimal()][:250]
    rows = Record.objects.for_tenant(request.tenant).filter(pk__in=map(int, keys))
    return list(rows.filter(merged_into=None).order_by("label", "pk"))


def back(request: MemberRequest) -> HttpResponse:
    """To the page the person came from."""
    return redirect(_origin(request))


def _origin(request: MemberRequest) -> str:
    wanted = request.GET.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None):
        return str(wanted)
    return reverse("dashboard:items", args=[request.tenant.slug])


def _ask(request: MemberRequest, **words: Any) -> HttpResponse:
    context = {"back": _origin(request), **words}
    return render(request, "dashboard/ask.html", context)


def _nothing(request: MemberRequest) -> HttpResponse:
    messages.info(request, _("Choose at least one item first."))
    return back(request)


def _named(records: Sequence[Record]) -> list[str]:
    names = [str(record) for record in records[:10]]
    rest = len(records) - len(names)
    told = ", ".join(names)
    return [
        _("%(names)s and %(count)s more") % {"names": told, "count": rest}
        if rest
        else told
    ]


def _chosen(request: MemberRequest) -> Chosen:
    """What the address asks for; a word that means nothing is left out."""
    asked = request.GET
    term = asked.get("q", "").strip()[:200].replace("\x00", "")
    kind = asked.get("kind", Kind.PRODUCT)
    if kind not in LISTED and (kind != ANY or not term):
        kind = Kind.PRODUCT
    state = asked.get("state", "")
    days = asked.get("stale", "")
    if kind == ANY:
        return Chosen(ANY, term)
    return Chosen(
        kind=str(kind),
        term=term,
        state=State(state) if state in list(State) else None,
        before=timezone.now() - timedelta(days=int(days))
        if days in map(str, DAYS)
        else None,
    )


def _page(about: About, chosen: Chosen, after: str) -> tuple[Slice, list[Row], int]:
    """One page, its rows, and how many items were looked through for it.

    What differs is told by decoded values alone: so many items are looked through, and
    the next page goes on behind them.
    """
    listed = items.listed(about, chosen)
    if chosen.state not in (State.DIFFERS, State.IN_STEP):
        found = sliced(listed, ORDER, after)
        return found, items.rows(about, _whole(found)), 0
    rows: list[Row] = []
    looked, first, size = 0, not after, SIZE
    while True:
        found = sliced(listed, ORDER, after, size)
        looked += len(found.rows)
        told = items.rows(about, _whole(found))
        rows += [row for row in told if row.state is chosen.state]
        after, size = found.after, TOGETHER
        if not after or len(rows) >= SIZE or looked >= LOOKED_THROUGH:
            return found._replace(first=first), rows, looked


def _whole(found: Slice) -> list[Record]:
    """The rows with what they are part of, in one statement."""
    wanted = {record.parent_id for record in found.rows if record.parent_id}
    if wanted:
        tenant_id = found.rows[0].tenant_id
        rows = Record.objects.for_tenant(tenant_id).filter(pk__in=wanted)
        wholes = {record.pk: record for record in rows}
        for record in found.rows:
            record.parent = wholes.get(record.parent_id)
    return found.rows


def _lines(about: About, chosen: Chosen) -> Iterator[Sequence[Any]]:
    after = ""
    while True:
        found = sliced(items.listed(about, chosen), ORDER, after, TOGETHER)
        for row in items.rows(about, _whole(found)):
            if chosen.state is None or row.state is chosen.state:
                yield _line(row)
        after = found.after
        if not after:
            return


def _line(row: Row) -> Sequence[Any]:
    cells = [
        " ≠ ".join(f"{each.connection}: {each.text}" for each in cell.told)
        if len(cell.told) > 1
        else "".join(each.text for each in cell.told)
        for cell in (row.stock, row.price)
    ]
    kind = nouns.one(row.record.kind)
    word = LOOKS[row.state].word
    return (kind, row.code, row.title, *cells, word, row.seen_at, row.record.uid)


def _older(days: int) -> str:
    words = ngettext("not seen for %(days)s day", "not seen for %(days)s days", days)
    return words % {"days": days}


urlpatterns = [
    path("", show, name="items"),
    path("export/", export, name="items_export"),
    path("sync/", sync, name="items_sync"),
    path("ignore/", ignore, name="items_ignore"),
]
