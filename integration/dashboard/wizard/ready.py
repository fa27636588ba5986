"""Step 5: the pre-flight on real data, which writes nothing anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from integration.canonical.kinds import Kind
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.csv_export import streamed
from integration.dashboard.wizard import steps
from integration.engine import comparison, pairs, preflight
from integration.engine.setting_up import routes_of
from integration.jobs import bell
from integration.models import Connection, Role, Route
from synclog.nouns import one


@page(Role.ADMIN)
@require_GET
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """How far the reads are; the comparison when they are over. Polled while they
    last."""
    there = steps.tested(request, pk)
    if there is None:
        return steps.go(request, "test", steps.found(request, pk)[0])
    connection, connector = there
    runs = preflight.runs(connection)
    known: dict[str, Any] = {
        "connector": connector,
        "connection": connection,
        "runs": runs,
        "reading": preflight.reading(runs),
        "routes": list(routes_of(connection)),
    }
    if not known["reading"]:
        wanted = preflight.looks(connection)
        known |= {"wanted": wanted, "cost": preflight.expected(wanted)}
        known |= _findings(connection, known["routes"])
    if request.htmx:
        return render(request, "dashboard/wizard/_ready.html", known)
    return steps.shown(request, "ready", "ready", known)


@page(Role.ADMIN)
@require_POST
def read(request: MemberRequest, pk: int) -> HttpResponse:
    """Have the worker read what nobody read yet."""
    there = steps.tested(request, pk)
    if there is None:
        return steps.go(request, "test", steps.found(request, pk)[0])
    preflight.begin(there[0], request.user)
    bell.ring()
    return steps.go(request, "ready", there[0])


@page(Role.ADMIN)
@require_GET
def export(request: MemberRequest, pk: int) -> HttpResponseBase:
    """Every finding as a line of a file."""
    connection, _connector = steps.found(request, pk)
    header = [
        _("Finding"),
        _("Kind"),
        _("Connection"),
        _("Key"),
        _("Name"),
        _("Id there"),
    ]
    found = _rows(connection, list(routes_of(connection)))
    return streamed(found, header, f"pre-flight-{connection.pk}")


def _findings(connection: Connection, routes: list[Route]) -> dict[str, Any]:
    """What is compared, which words are paired, and what it will cost."""
    return {
        "compared": [
            comparison.compare(*_ends(connection, route), kind)
            for route, kind in _comparable(routes)
        ],
        "pairs": [line for route in routes for line in _paired(route)],
        "bills": preflight.bills(connection),
    }


def _comparable(routes: list[Route]) -> list[tuple[Route, Kind]]:
    """Each pair of ends once, with the kinds that are matched between them."""
    found: dict[tuple[frozenset[int], Kind], tuple[Route, Kind]] = {}
    for route in routes:
        ends = frozenset((route.source_id, route.target_id))
        for kind in comparison.kinds_of(Kind(route.kind)):
            found.setdefault((ends, kind), (route, kind))
    return list(found.values())


def _ends(connection: Connection, route: Route) -> tuple[Connection, Connection]:
    """The new connection first."""
    if route.source_id == connection.pk:
        return route.source, route.target
    return route.target, route.source


def _paired(route: Route) -> list[dict[str, Any]]:
    """By vocabulary: how many of the words in use are paired."""
    words = pairs.words(route)
    lines = []
    for vocabulary in pairs.vocabularies(route):
        used = [each for each in words if each.vocabulary.key == vocabulary.key]
        mapped = sum(not each.owed for each in used)
        lines.append(
            {
                "route": route,
                "vocabulary": vocabulary,
                "used": len(used),
                "mapped": mapped,
                "owed": len(used) - mapped,
            }
        )
    return lines


def _rows(connection: Connection, routes: list[Route]) -> Iterator[list[str]]:
    """The lines of the file, in the reader's language."""
    words = {
        comparison.ALONE: _("only here"),
        comparison.KEYLESS: _("no key to match by"),
        comparison.DOUBLED: _("several have this key"),
        comparison.SPELLED: _("spelled differently there"),
    }
    for route, kind in _comparable(routes):
        for row in comparison.rows(*_ends(connection, route), kind):
            yield [words[row.finding], one(row.kind), *row[2:]]
