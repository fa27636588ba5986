"""The one search box: straight to the thing where only one fits, else a list."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from integration.dashboard.access import MemberRequest, page
from integration.insight import finding


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The item or order itself where exactly one thing fits, else what may fit."""
    slug = request.tenant.slug
    term = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    record = finding.one(request.tenant, term) if term else None
    if record is not None:
        section, uid = finding.page_of(record)
        return redirect(f"dashboard:{section}_show", slug, uid)
    query = urlencode({"q": term, "kind": "any"})
    return redirect(f"{reverse('dashboard:items', args=[slug])}?{query}")
