"""Who may open which page of which merchant: asked once, here, for every view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from integration.models import Member, Role, Tenant
from integration.web import second_factor

P = ParamSpec("P")
RANKS = {role: rank for rank, role in enumerate(Role)}


class MemberRequest(HttpRequest):
    """A request of somebody who may act for a merchant; what views are given."""

    user: User
    member: Member
    tenant: Tenant
    method: str
    htmx: Any


View = Callable[Concatenate[Any, P], HttpResponseBase]
Guarded = Callable[..., HttpResponseBase]


def may(member: Member, role: Role) -> bool:
    """Whether a member has this role or a greater one."""
    return RANKS[Role(member.role)] >= RANKS[role]


def page(role: Role = Role.VIEWER) -> Callable[[View[P]], Guarded]:
    """A view under `/t/<tenant>/`, for members with this role or a greater one.

    The view is called with a request that has `tenant` and `member`, and without the
    slug. Whoever does not belong to the merchant sees that there is nothing (404), a
    member of too small a role is told which one is needed (403).
    """

    def decorate(view: View[P]) -> Guarded:
        @login_required
        @wraps(view)
        def checked(
            request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            member = _member(request, slug)
            request.member, request.tenant = member, member.tenant  # type: ignore[attr-defined]
            if _owes_second_factor(request, member):
                return second_factor.lead(request)
            if not may(member, role):
                return render(
                    request, "dashboard/refused.html", {"needed": role}, status=403
                )
            with timezone.override(ZoneInfo(member.tenant.zone)):
                return view(request, *args, **kwargs)

        checked.needed = role  # type: ignore[attr-defined]
        return checked

    return decorate


def fresh(view: View[P]) -> Guarded:
    """A view that shows or changes what lets somebody in: credentials, keys, sign-ins.

    It opens to who confirmed within the last ten minutes that it is them, by the
    second factor where they have one. Everybody else is sent to do so, and back to the
    page they came from; what a form held is not kept meanwhile. Stands below `page`.
    """
    checked = reauthentication_required(view)

    @wraps(view)
    def confirmed(
        request: HttpRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not second_factor.passed(request) and second_factor.has_one(request.user):
            return second_factor.lead(request)
        try:
            answer: HttpResponseBase = checked(request, *args, **kwargs)
        except ReauthenticationRequired:
            return second_factor.ask_again(request)
        return answer

    return confirmed


def _owes_second_factor(request: HttpRequest, member: Member) -> bool:
    """Staff owe it everywhere, members where their merchant asks for it."""
    asked_for = member.tenant.two_factor or getattr(request.user, "is_staff", False)
    return asked_for and not second_factor.passed(request)


def _member(request: HttpRequest, slug: str) -> Member:
    found = (
        Member.objects.filter(
            user=cast(User, request.user), tenant__slug=slug, tenant__active=True
        )
        .select_related("tenant__plan")
        .first()
    )
    if found is None:
        raise Http404
    return found
