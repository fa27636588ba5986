"""Step 3: the staged test; what passes it becomes a connection."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.wizard import steps
from integration.engine import setting_up, staged
from integration.errors import BadConfig
from integration.models import Connection, Role


@page(Role.ADMIN)
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """The stages one by one, each with its words; the test is made by POST."""
    connection, connector = steps.found(request, pk)
    known: dict[str, Any] = {"connector": connector, "connection": connection}
    if request.method == "POST":
        known |= _tried(request, connection)
    if request.htmx:
        return render(request, "dashboard/wizard/_findings.html", known)
    return steps.shown(request, "test", "test", known)


def _tried(request: MemberRequest, connection: Connection) -> dict[str, Any]:
    """The findings, and the connection as it was adopted where all were well."""
    findings = staged.of(connection)
    known: dict[str, Any] = {"findings": findings, "passed": staged.passed(findings)}
    if not known["passed"] or not setting_up.untested(connection):
        return known
    try:
        facts = staged.facts(findings)
        known["connection"] = setting_up.adopt(connection, facts, request.user)
    except BadConfig as failure:
        twin = setting_up.twin(connection)
        known |= {"passed": False, "failure": failure, "twin": twin}
    return known
