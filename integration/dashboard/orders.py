"""Orders and invoices, with where each stands."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.paging import sliced
from integration.insight import found, order_lines, orders, standing
from integration.models import Connection, Role

# The states that are counted and filtered by, in the order of the work.
TABS = (
    standing.NEW,
    standing.POSTING,
    standing.WAITING,
    standing.NEEDS_YOU,
    standing.HELD,
    standing.GAVE_UP,
    standing.POSTED,
)


@page(Role.VIEWER)
def show(request: MemberRequest) -> HttpResponse:
    """The list, newest first."""
    tenant = request.tenant
    ways = orders.routes(tenant)
    chosen = _chosen(request)
    listed = orders.listed(tenant, chosen, ways)
    if chosen.text:
        listed = listed.filter(pk__in=found.by_text(tenant, chosen.text))
    cut = sliced(listed, ("-pk",), request.GET.get("after", ""))
    counts = orders.counts(tenant, ways)
    return render(
        request,
        "dashboard/orders/list.html",
        {
            "lines": order_lines.lines(tenant, cut.rows, ways),
            "slice": cut,
            "chosen": chosen,
            "filtered": chosen != orders.Filters(),
            "ways": ways,
            "tabs": [(state, _counted(counts[state])) for state in TABS],
            "connections": _ends(ways),
            "polled": _polled(request, ways),
            "since": request.GET.get("since", ""),
            "until": request.GET.get("until", ""),
            "looked_into": found.LOOKED_INTO,
        },
    )


def _counted(count: int) -> str:
    return f"{orders.MOST:,}+" if count > orders.MOST else str(count)


def _ends(ways: list[Any]) -> list[Connection]:
    """The connections orders come from or go to, each once."""
    ends = [end for way in ways for end in (way.source, way.target)]
    return list({end.pk: end for end in ends}.values())


def _chosen(request: MemberRequest) -> orders.Filters:
    given = request.GET
    connection = given.get("connection", "")
    state = given.get("state", "")
    return orders.Filters(
        text=given.get("q", "").replace("\x00", "").strip()[:200],
        state=state if state in TABS else "",
        connection=int(connection) if _is_key(connection) else None,
        since=_day(given.get("since", "")),
        before=_day(given.get("until", ""), later=1),
    )


def _is_key(text: str) -> bool:
    """Whether a text can be a primary key."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _day(text: str, later: int = 0) -> datetime | None:
    """Where a day, or one some days later, begins at the merchant's; None for what is
    no day."""
    try:
        day = parse_date(text)
        if day is None:
            return None
        begins = datetime.combine(day + timedelta(days=later), time())
        return timezone.make_aware(begins)
    except (ValueError, OverflowError):
        return None


def _polled(request: MemberRequest, ways: list[Any]) -> found.Polled | None:
    """The share of this month that no webhook told of; None where no platform was
    asked to tell."""
    if not any(way.source.webhooks_checked_at for way in ways):
        return None
    today = timezone.localtime()
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return found.by_poll(request.tenant, month)


urlpatterns = [path("", show, name="orders")]
