"""Home."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from integration.dashboard.access import MemberRequest, page


@page()
def show(request: MemberRequest) -> HttpResponse:
    """Is it well, and if not, what is to be done."""
    return render(request, "dashboard/home.html", {})
