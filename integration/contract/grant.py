"""How a person lets Weft into an account by signing in at the platform (OAuth 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from integration.http.client import Http

Settings = Mapping[str, Any]


class Opened(NamedTuple):
    """One account a grant opens: its id there and what a person calls it."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Where a platform asks for consent and gives tokens, as functions of settings.

    `scopes` are asked for; `setting` is the connection's setting that keeps which of
    the `accounts` (asked through a signed door) was chosen. `root` is the address the
    `authorize`, `token` and `revoke` paths continue. `grace` is for how many seconds a
    refresh token may be used once more when the answer that replaced it was lost.
    `settings` says whether a connection with these settings signs in this way at all.
    """

    root: Callable[[Settings], str]
    authorize: Callable[[Settings], str]
    token: str
    revoke: str = ""
    scopes: Sequence[str] = ()
    accounts: Callable[[Http], Sequence[Opened]] = lambda http: ()
    setting: str = ""
    grace: int = 0
    applies: Callable[[Settings], bool] = lambda settings: True
