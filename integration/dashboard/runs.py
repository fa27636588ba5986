"""Runs: what is being read and was read, one of them live, and what stops it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integration.dashboard import starting
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.paging import sliced
from integration.dashboard.templatetags.called import CAUSES
from integration.engine import steer
from integration.insight import errors, runs
from integration.jobs import bell
from integration.models import Connection, Role, Run, RunState
from integration.models.run import ACTIVE_RUNS
from synclog.models import ErrorState, SyncError

NAMES = ("connection", "state", "sort", "cause")
NEWEST = ("-pk",)
# Rows that a page shows of those under way, of errors, of what was passed on.
ACTIVE_SHOWN = 20
SHOWN = 20
# Progress is told to screen readers at every so many percent.
STEP = 25
POLL = "every 2s"


@page(Role.VIEWER)
def show(request: MemberRequest) -> HttpResponse:
    """Those under way first, then what ended, the newest first."""
    tenant = request.tenant
    filters = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
    after = request.GET.get("after", "")
    ended = runs.listed(tenant, filters).exclude(state__in=ACTIVE_RUNS)
    found = sliced(ended, NEWEST, after)
    active = [] if after else runs.running(tenant, filters, ACTIVE_SHOWN)
    lines = [_line(run) for run in active]
    if request.htmx:
        return _polled(request, "_active", {"active": lines}, _mark(active))
    context = {
        "active": lines,
        "lines": [_ended(run) for run in found.rows],
        "slice": found,
        "filters": filters,
        "filtered": bool(filters),
        "connections": list(Connection.objects.for_tenant(tenant)),
        "states": [*RunState],
        "sorts": runs.SORTS,
        "causes": CAUSES,
        "logs": [] if filters or after else runs.last_syncs(tenant),
        "seen": _mark(active),
        "poll": POLL if active else "",
    }
    return render(request, "dashboard/runs/list.html", context)


def _ended(run: Run) -> dict[str, Any]:
    """A run that is over, as a line: no statement of its own."""
    lost = run.read - run.accounted
    begun, ended = run.started_at, run.ended_at
    took = int((ended - begun).total_seconds()) if begun and ended else None
    return {
        "run": run,
        "list": runs.list_of(run),
        "sort": runs.sort_of(run),
        "took": took,
        "lost": lost,
    }


def _line(run: Run) -> dict[str, Any]:
    """A run under way with how far it is."""
    return {
        **_ended(run),
        "progress": runs.progress(run),
        "waits": runs.waits(run),
        "goes_on": runs.goes_on(run),
    }


def _mark(active: list[Run]) -> str:
    """Changes when anything that is shown of these does."""
    told = [
        (
            *(run.pk, run.state, run.read, run.accounted, run.calls),
            *(run.wait_reason, run.not_before, run.message),
        )
        for run in active
    ]
    return blake2b(repr(told).encode(), digest_size=6).hexdigest()


def _polled(
    request: MemberRequest, name: str, context: dict[str, Any], seen: str
) -> HttpResponse:
    """The part of a page that changes; nothing where it has not."""
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    poll = POLL if context.get("active") else ""
    context = {**context, "seen": seen, "poll": poll}
    return render(request, f"dashboard/runs/{name}.html", context)


@page(Role.VIEWER)
def show_one(request: MemberRequest, pk: int) -> HttpResponse:
    """One run, live while it lasts: a poll brings the part that changes."""
    own = Run.objects.for_tenant(request.tenant).select_related(
        "connection", "parent__connection", "limit_to"
    )
    run = get_object_or_404(runs.with_last(request.tenant, own), pk=pk)
    owed = runs.owed(run)
    told = (_mark([run]), [(each.owed, each.done, each.stuck) for each in owed])
    seen = blake2b(repr(told).encode(), digest_size=6).hexdigest()
    context = {**_line(run), "owed": owed, "active": runs.active(run)}
    context |= _spoken(request, context["progress"])
    context["counters"] = runs.counters(run)
    if request.htmx:
        return _polled(request, "_live", context, seen)
    context |= {
        "seen": seen,
        "poll": POLL if runs.active(run) else "",
        "errors": _errors(request, run),
        "children": _children(request, run),
        "again": starting.again(request, run),
    }
    return render(request, "dashboard/runs/one.html", context)


def _spoken(request: MemberRequest, progress: runs.Progress) -> dict[str, Any]:
    """What screen readers are told, at some steps only."""
    step = 0
    if progress.expected:
        step = 100 * progress.read // progress.expected // STEP * STEP
    return {
        "step": step,
        "tell": bool(request.htmx) and request.GET.get("step") != str(step),
    }


def _errors(request: MemberRequest, run: Run) -> list[Any]:
    """The open problems this run told of last, with how they stand."""
    own = SyncError.objects.for_tenant(request.tenant)
    rows = errors.items(own.filter(run=run, state=ErrorState.OPEN))
    return [(error, errors.state_of(error)) for error in rows.order_by("pk")[:SHOWN]]


def _children(request: MemberRequest, run: Run) -> list[Any]:
    """What it passed on to other runs."""
    own = Run.objects.for_tenant(request.tenant).filter(parent=run)
    rows = own.select_related("connection").order_by("pk")[:SHOWN]
    return [_ended(each) for each in rows]


@require_POST
@page(Role.OPERATOR)
def stop(request: MemberRequest, pk: int) -> HttpResponse:
    """Stop reading: nothing is stamped, nothing is called gone."""
    if steer.cancel(_chosen(request, pk), request.user):
        messages.success(
            request,
            _("The run was stopped. What it has read already stays and is sent."),
        )
    return redirect("dashboard:runs_show", request.tenant.slug, pk)


@page(Role.OPERATOR)
def go_on(request: MemberRequest, pk: int) -> HttpResponse:
    """What a held run asks: have they really gone?"""
    chosen = _chosen(request, pk)
    run = get_object_or_404(chosen.select_related("connection"))
    here = reverse("dashboard:runs_show", args=[request.tenant.slug, pk])
    if request.method == "POST":
        if steer.go_on(chosen, request.user):
            bell.ring()
            messages.success(request, _("It goes on."))
        return redirect(here)
    gone = ngettext(
        "%(n)s item is not listed by %(name)s any more.",
        "%(n)s items are not listed by %(name)s any more.",
        run.vanished,
    ) % {"n": f"{run.vanished:,}", "name": run.connection.label}
    context = {
        "title": _("Have they really gone?"),
        "words": [
            gone,
            _("If you go on, they are taken off sale on every platform they went to."),
            _("If the list was cut short there, stop the run instead."),
        ],
        "button": _("Yes, go on"),
        "back": here,
        "danger": True,
    }
    return render(request, "dashboard/ask.html", context)


def _chosen(request: MemberRequest, pk: int) -> Any:
    own = Run.objects.for_tenant(request.tenant).filter(pk=pk)
    get_object_or_404(own)
    return own


urlpatterns = [
    path("", show, name="runs"),
    path("start/", starting.start, name="runs_start"),
    path("<int:pk>/", show_one, name="runs_show"),
    path("<int:pk>/stop/", stop, name="runs_stop"),
    path("<int:pk>/go-on/", go_on, name="runs_go_on"),
]
