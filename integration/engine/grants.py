"""What passes between Weft and a platform's identity server: pairs of tokens.

Two forms are posted by hand through the one door to the network; what they hold is
RFC 6749 (code and refresh token), RFC 7636 (verifier) and RFC 7009 (revocation).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from django.db import transaction
from django.utils import timezone

from integration.contract import registry
from integration.contract.connector import Connector
from integration.contract.grant import OAuth
from integration.engine.reach import rules
from integration.errors import BadConfig, SyncFailure, Transient
from integration.http.auth import Auth, BasicAuth, NoAuth, usable
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.redact import remember
from integration.models import App, Connection, Grant, Tenant

# Seconds for one question about tokens, its repeats included.
PATIENCE = 15.0
ERROR_WORD = re.compile(r"[a-z_]{1,60}")

Settings = Mapping[str, Any]


class Ended(Exception):
    """The platform takes this code or refresh token no more (`invalid_grant`)."""


class Tokens(NamedTuple):
    """A pair of tokens as a platform gave it; `refresh` is empty where it gave none."""

    access: str
    refresh: str
    ends_at: datetime | None
    scopes: str


def oauth_of(connector: Connector) -> OAuth:
    """How a person signs in there. BadConfig where nobody does."""
    if connector.oauth is None:
        raise BadConfig("platform", f"Nobody signs in at {connector.label} for Weft.")
    return connector.oauth


def app_of(connector: Connector) -> App:
    """What this installation registered there last. BadConfig where it did not."""
    found = App.objects.filter(platform=connector.key).order_by("-pk").first()
    if found is None:
        raise BadConfig(
            "app",
            f"This installation is not registered with {connector.label} yet.",
            code="no_app",
            hint=f"Register it there, then: manage.py app {connector.key}.",
        )
    return found


def ask(
    connector: Connector,
    settings: Settings,
    app: App,
    form: Mapping[str, str],
    *,
    repeatable: bool,
) -> Tokens:
    """A pair of tokens for a code or a refresh token.

    Raises Ended where it is worth nothing any more, Transient or Unknown where no
    answer came that could be read.
    """
    asked_at = timezone.now()
    reply = _door(connector, settings, app).post(
        oauth_of(connector).token,
        form=_identified(app, form),
        headers={"Accept": "application/json"},
        repeatable=repeatable,
    )
    if reply.status >= 500:
        raise Transient(
            f"{connector.label} gives no tokens for now (status {reply.status}).",
            hint="Weft tries again by itself.",
        )
    answer = reply.json()
    answer = answer if isinstance(answer, dict) else {}
    if reply.status != 200 or "error" in answer:
        raise _refusal(connector, str(answer.get("error", "")), reply.status)
    return _tokens(connector, answer, asked_at)


def revoke(connector: Connector, settings: Settings, app: App, refresh: str) -> None:
    """End a consent at the platform. Raises the failures of its API."""
    oauth = oauth_of(connector)
    if not oauth.revoke or not refresh:
        return
    remember(refresh)
    form = {"token": refresh, "token_type_hint": "refresh_token"}
    reply = _door(connector, settings, app).post(
        oauth.revoke, form=_identified(app, form), repeatable=True
    )
    if reply.status != 200:
        raise Transient(
            f"{connector.label} did not take the consent back (status {reply.status}).",
            hint="It can be withdrawn there by hand.",
        )


def give_up(connection: Connection, grant: Grant) -> str:
    """Take `connection` off its grant, and end the grant where nobody else uses it.

    The answer tells what could not be cleaned up at the platform.
    """
    left = ""
    connector = registry.connector(grant.platform)
    others = grant.connections.exclude(pk=connection.pk)
    if not grant.dead and not others.exists():
        try:
            refresh = grant.secrets.get("refresh", "")
            revoke(connector, connection.settings, grant.app, refresh)
        except SyncFailure as failure:
            left = f"Its consent could not be taken back there: {failure.message}"
    drop_unused(grant, connection)
    return left


def drop_unused(grant: Grant, but: Connection) -> None:
    """Forget the tokens of a grant that nobody but this connection used."""
    with transaction.atomic():
        # Whoever connects with the same grant meanwhile waits for this, or this for it.
        Tenant.objects.select_for_update().only("pk").get(pk=grant.tenant_id)
        if not grant.connections.exclude(pk=but.pk).exists():
            Grant.everywhere.filter(pk=grant.pk).delete()


def _door(connector: Connector, settings: Settings, app: App) -> Http:
    """The identity server; with the installation's secret where it was given one."""
    secret = app.secrets.get("client_secret", "")
    proof: Auth = NoAuth()
    if secret:
        remember(secret)
        proof = BasicAuth(quote_plus(app.client_id), quote_plus(secret))
    return Http(
        base_url=oauth_of(connector).root(settings),
        auth=proof,
        meter=FreeMeter(),
        rules=rules(dict(settings), read_timeout=PATIENCE, total_timeout=PATIENCE),
    )


def _identified(app: App, form: Mapping[str, str]) -> dict[str, str]:
    """A client without a secret says who it is in the form (RFC 6749, 3.2.1)."""
    if app.secrets.get("client_secret"):
        return dict(form)
    return {"client_id": app.client_id, **form}


def _refusal(connector: Connector, error: str, status: int) -> Exception:
    if error == "invalid_grant":
        return Ended()
    word = error if ERROR_WORD.fullmatch(error) else f"status {status}"
    # Not a matter of one consent: all heal by themselves once the keys are mended.
    return Transient(
        f"{connector.label} does not accept this installation's own keys ({word}).",
        code="app_refused",
        hint=f"Staff enters them anew: manage.py app {connector.key}.",
    )


def _tokens(
    connector: Connector, answer: Mapping[str, Any], asked_at: datetime
) -> Tokens:
    """The answer as tokens. Their life begins no later than the platform's answer."""
    access = str(answer.get("access_token") or "")
    refresh = str(answer.get("refresh_token") or "")
    remember(access, refresh)
    if not usable(access):
        raise Transient(
            f"{connector.label} gave a token that cannot be used.", code="unreadable"
        )
    try:
        ends_at = asked_at + timedelta(seconds=float(answer["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        ends_at = None
    return Tokens(access, refresh, ends_at, str(answer.get("scope") or ""))
