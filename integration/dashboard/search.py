"""The one search box: straight to the thing where only one fits, else a list."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from integration.dashboard.access import MemberRequest, page


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The list of items, filtered by what was typed."""
    query = urlencode({"q": request.GET.get("q", "")[:200], "kind": "any"})
    return redirect(f"{reverse('dashboard:items', args=[request.tenant.slug])}?{query}")
