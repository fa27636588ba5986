"""Takes a person's answer in and says, in plain words, what came of it.

Nobody need be signed in to Weft here and no cookie is set: the state that came along is
the proof, and it is good once. Where the question was asked in a browser, the answer
must come from the same one, and leads back to the page it was asked on.
"""

from __future__ import annotations

import logging
from functools import partial

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from integration.contract import registry
from integration.engine import accounts, consent
from integration.errors import BadConfig, SyncFailure
from integration.http.redact import redact
from integration.web import begun
from synclog.saying import said

logger = logging.getLogger(__name__)

# The page must not be kept, framed or followed: its address held the answer.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
LATER = "Wait a moment, go back to Weft and begin the sign-in again."


@require_GET
def callback(request: HttpRequest, platform: str) -> HttpResponse:
    """The answer of the platform's own page, brought here by a person's browser."""
    connector = registry.connectors().get(platform)
    if connector is None or connector.oauth is None:
        raise Http404
    given = request.GET
    state, code = given.get("state", ""), given.get("code", "")
    here = partial(begun.here, request)
    try:
        if given.get("error") or not code:
            consent.decline(platform, state, here)
            back = begun.back(request, state)
            return _declined(connector.label, given.get("error", ""), back)
        grant = consent.answer(platform, state, code, here)
    except SyncFailure as failure:
        return _failed(failure, begun.back(request, state))
    except DatabaseError:
        return _page("Weft cannot store the sign-in at the moment.", LATER, 503)
    try:
        accounts.revive(grant)
    except SyncFailure as failure:
        # The sign-in stands; whoever waits for it asks the platform anew.
        logger.warning("no connection goes on with %s: %s", grant, failure.message)
    words = f"You are signed in at {connector.label}."
    hint = "Weft may use the account now."
    back = begun.back(request, state)
    if not back:
        hint = f"{hint} Close this page and go back to where you began."
    return _page(words, hint, 200, back)


def _failed(failure: SyncFailure, back: str) -> HttpResponse:
    """What a person can do; a code is good once, so nothing tries again by itself."""
    if isinstance(failure, BadConfig):
        return _page(failure.message, failure.hint, 400, back)
    staff = failure.code == "app_refused"
    return _page(failure.message, failure.hint if staff else LATER, 502, back)


def _declined(label: str, error: str, back: str) -> HttpResponse:
    if error == "access_denied":
        words = f"You did not allow Weft to use {label}."
    else:
        words = f"{label} did not sign you in."
    hint = f"Nothing was stored. {consent.AGAIN}"
    if error and error != "access_denied":
        hint += f" If that does not help, tell staff what it said: {error[:60]}."
    return _page(words, hint, 400, back)


def _page(words: str, hint: str, status: int, back: str = "") -> HttpResponse:
    page = {"words": redact(said(words)), "hint": redact(said(hint)), "back": back}
    text = render_to_string("oauth/answer.html", page)
    return HttpResponse(text, status=status, headers=HEADERS)
