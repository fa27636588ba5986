"""The first page after signing in: one's merchant, or the choice among several."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from integration.models import Member


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Straight on where there is one; staff without any go to the staff pages."""
    members = list(
        Member.objects.filter(user=cast(User, request.user), tenant__active=True)
        .select_related("tenant")
        .order_by("tenant__name")
    )
    if len(members) == 1:
        return redirect("dashboard:home", members[0].tenant.slug)
    if not members and getattr(request.user, "is_staff", False):
        return redirect("admin:index")
    return render(request, "dashboard/choose.html", {"members": members})
