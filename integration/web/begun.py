"""Remembers which sign-ins at platforms this browser began, and on which page."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

KEY = "begun_sign_ins"
# Of those begun and never answered, so many are remembered.
MOST = 10


def remember(request: Any, state: str, back: str) -> None:
    """Note that the sign-in of this state was begun here; its answer leads to `back`,
    an address of our own."""
    known = dict(request.session.get(KEY, {}))
    known[_mark(state)] = back
    request.session[KEY] = dict(list(known.items())[-MOST:])


def here(request: Any, state: str) -> bool:
    """Whether the sign-in of this state was begun in this browser."""
    return _mark(state) in request.session.get(KEY, {})


def back(request: Any, state: str) -> str:
    """The page it was begun on; "" where that is not known.

    A browser whose session was not asked for yet is not asked here either: an answer
    to the command line reads no cookie.
    """
    if not request.session.accessed:
        return ""
    return str(request.session.get(KEY, {}).get(_mark(state), ""))


def _mark(state: str) -> str:
    """A session keeps no state that could be used."""
    return sha256(state.encode()).hexdigest()
