"""Keeps people out who owe a second factor, until they have shown it.

Staff owe one everywhere, members where their merchant asks for it, and whoever has one
owes it before changing how they sign in. A person without any is led to where one is
set up; nothing else opens before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

SECOND = "mfa"
# Recovery codes stand in for one of these; alone they are none.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# Where in the session the page waits that somebody was on the way to.
WANTED = "weft_wanted"


def passed(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed, with a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == SECOND for record in records)


def has_one(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether this person has set up a second factor."""
    return is_mfa_enabled(user, FACTORS)


def lead(request: HttpRequest) -> HttpResponse:
    """Where somebody goes who must show a second factor and has not."""
    wanted = _page(request)
    if not has_one(request.user):
        request.session[WANTED] = wanted
        messages.info(request, _("Set up a second factor first: it is required here."))
        return _to(request, reverse("mfa_index"))
    # It was set up, and this session began before that.
    logout(request)
    return _to(request, _with_next(reverse("account_login"), wanted))


def ask_again(request: HttpRequest) -> HttpResponse:
    """Where somebody confirms who they are, and comes back from.

    What was sent is not kept meanwhile, for it may hold secrets: it is sent again.
    """
    if request.method not in ("GET", "HEAD"):
        words = _("Confirm that it is you, then send the form once more.")
        messages.info(request, words)
    ways = get_adapter().get_reauthentication_methods(request.user)
    url = ways[0]["url"] if ways else reverse("account_login")
    return _to(request, _with_next(url, _page(request)))


class SecondFactorMiddleware:
    """Staff pages, and those of one's own sign-in, open to whoever owes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, or the way to a second factor."""
        return lead(request) if _owes(request) else self.get_response(request)


def _owes(request: HttpRequest) -> bool:
    if request.path.startswith("/admin/"):
        return request.user.is_staff and not passed(request)
    if request.path.startswith("/account/") and request.path != "/account/logout/":
        signed_in = request.user.is_authenticated
        return signed_in and not passed(request) and has_one(request.user)
    return False


@receiver(authenticator_added)
def _begin(
    request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **_: Any
) -> None:
    """Setting one up shows it: this very session counts as opened with it."""
    if request.user.pk == user.pk and authenticator.type in FACTORS:
        record_authentication(
            request,
            user,
            SECOND,
            id=authenticator.pk,
            type=authenticator.type,
            reauthenticated=True,
        )


@receiver(authenticator_removed)
def _end(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """A session counts no longer by what the person has taken away."""
    left = set(Authenticator.objects.filter(user=user).values_list("pk", flat=True))
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record
        for record in get_authentication_records(request, user)
        if record.get("method") != SECOND or record.get("id") in left
    ]


def _page(request: HttpRequest) -> str:
    """The page the person looks at: what is asked for, or what asked for it."""
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return request.get_full_path()
    headers = request.headers
    came_from = headers.get("HX-Current-URL") or headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "/"


def _with_next(url: str, wanted: str) -> str:
    return f"{url}?{urlencode({'next': wanted})}"


def _to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also where a part of one was asked for."""
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)
