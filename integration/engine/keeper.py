"""Keeps the tokens of a grant: any number of processes use them, one renews.

A renewal ends the pair before it, so it is claimed on the row and the new pair is
stored before its first use. When the answer was lost, or its taker died, the old
refresh token is asked with once more: platforms allow that for a while.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from integration.contract.connector import Connector
from integration.engine import grants
from integration.engine.grants import Ended, Tokens
from integration.errors import BadCredentials, SyncFailure, Transient
from integration.http.auth import Bearer
from integration.http.redact import remember
from integration.models import Grant
from integration.models.sealed import Sealed, seal

# Longer than a question about tokens may last, so that no two are under way.
CLAIMED = timedelta(seconds=20)
# After a failed renewal nobody tries the next for so long.
PAUSE = timedelta(seconds=5)
# Seconds until whoever waits for another's renewal looks again.
LOOK_AGAIN = 2


class Keeper:
    """The tokens of one grant; see `TokenKeeper`."""

    def __init__(
        self, grant_id: int, connector: Connector, settings: Mapping[str, Any]
    ) -> None:
        self._id = grant_id
        self._connector = connector
        self._settings = settings
        self._grace = grants.oauth_of(connector).grace

    def current(self) -> Bearer:
        """The token as the row holds it. BadCredentials where the grant ended."""
        return _bearer(self._row())

    def renewed(self, used: Bearer, *, refused: bool) -> Bearer:
        """What to go on with after `used`; see `TokenKeeper`."""
        if self._claim(used.generation):
            return self._renew(used, refused)
        now = self.current()
        if now.generation != used.generation or _good(used, refused):
            return now
        raise self._waits(f"The sign-in at {self._connector.label} is being renewed.")

    def _row(self) -> Grant:
        found = Grant.everywhere.select_related("app").filter(pk=self._id).first()
        if found is None:
            raise self._waits(
                f"The sign-in at {self._connector.label} was replaced by another."
            )
        if found.dead:
            raise self._over()
        return found

    def _waits(self, message: str) -> Transient:
        """Nothing to call with for a moment; no try is consumed."""
        return Transient(
            message,
            after=LOOK_AGAIN,
            throttled=True,
            code="renewing",
            hint="Weft goes on by itself.",
        )

    def _over(self) -> BadCredentials:
        label = self._connector.label
        return BadCredentials(
            "grant",
            f"The consent that {label} was given for Weft has ended.",
            hint=f"Sign in at {label} again: manage.py connect "
            f"{self._connector.key}. Nothing is lost.",
        )

    def _claim(self, generation: int) -> bool:
        """Whether this process is the one to renew the pair of that generation."""
        now = timezone.now()
        free = Q(renewing_until=None) | Q(renewing_until__lte=now)
        mine = Grant.everywhere.filter(
            free, pk=self._id, generation=generation, dead=False
        )
        return bool(mine.update(renewing_until=now + CLAIMED))

    def _renew(self, used: Bearer, refused: bool) -> Bearer:
        """Under the claim: the new pair, stored; or the old token while it is good."""
        grant = self._row()
        try:
            tokens = self._asked(grant)
        except Ended:
            return self._ended(grant)
        except SyncFailure:
            pause = timezone.now() + PAUSE
            self._same(grant).update(renewing_until=pause)
            if _good(used, refused):
                return used
            raise
        return self._stored(grant, tokens)

    def _asked(self, grant: Grant) -> Tokens:
        """A new pair for the refresh token, or for the one before it where the answer
        to a late repeat has made this one worthless. Raises Ended."""
        for refresh in _refreshes(grant.secrets):
            remember(refresh)
            form = {"grant_type": "refresh_token", "refresh_token": refresh}
            try:
                return grants.ask(
                    self._connector,
                    self._settings,
                    grant.app,
                    form,
                    repeatable=self._grace > 0,
                )
            except Ended:
                continue
        raise Ended

    def _stored(self, grant: Grant, tokens: Tokens) -> Bearer:
        """The pair in use from now on: ours, unless another came before it."""
        old = grant.secrets["refresh"]
        secrets = {"access": tokens.access, "refresh": tokens.refresh or old}
        if tokens.refresh and self._grace:
            until = timezone.now() + timedelta(seconds=self._grace)
            secrets |= {"former": old, "former_until": str(until.timestamp())}
        self._same(grant).update(
            secrets=Sealed(seal(secrets, str(grant.uid))),
            expires_at=tokens.ends_at,
            generation=grant.generation + 1,
            renewing_until=None,
        )
        return self.current()

    def _ended(self, grant: Grant) -> Bearer:
        """The platform takes the refresh token no more: over, unless somebody stored
        another meanwhile."""
        if self._same(grant).update(dead=True, renewing_until=None):
            raise self._over()
        return self.current()

    def _same(self, grant: Grant) -> Any:
        """The row, while it holds the pair it held then."""
        return Grant.everywhere.filter(pk=grant.pk, generation=grant.generation)


def _bearer(grant: Grant) -> Bearer:
    access = grant.secrets.get("access", "")
    remember(access)
    ends_at = grant.expires_at.timestamp() if grant.expires_at else None
    return Bearer(access, grant.generation, ends_at)


def _good(used: Bearer, refused: bool) -> bool:
    """Whether a token may be used on: neither refused nor at its end."""
    if refused:
        return False
    return used.ends_at is None or used.ends_at > timezone.now().timestamp()


def _refreshes(secrets: Mapping[str, str]) -> Iterator[str]:
    """The refresh tokens worth asking with, the newest first."""
    if secrets.get("refresh"):
        yield secrets["refresh"]
    until = float(secrets.get("former_until", 0))
    if secrets.get("former") and until > timezone.now().timestamp():
        yield secrets["former"]
