"""Sends a person to a platform to sign in, and takes the answer in: once, and soon."""

from __future__ import annotations

import re
import secrets as random_secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings as installation
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from integration.contract import registry
from integration.contract.connector import Connector
from integration.engine import grants
from integration.engine.grants import Ended
from integration.errors import BadConfig, SyncFailure
from integration.http.redact import remember
from integration.models import App, Consent, Grant, Tenant
from synclog import journal

# How long a person may take to answer; then the address is worth nothing.
LASTS = timedelta(minutes=15)
# What was asked or given and never used is forgotten after so long.
UNUSED = timedelta(days=1)
STATE = re.compile(r"[\w-]{32,64}")
AGAIN = "Go back to Weft and begin the sign-in again."
# Kept with a question that was asked in a browser: it is answered in the same one.
BOUND = "bound"

Here = Callable[[str], bool]
"""Whether the question of this state was asked in the browser that brings an answer."""


class Asked(NamedTuple):
    """A consent that was asked for, and the address a person answers it at."""

    consent: Consent
    url: str


def redirect_uri(platform: str) -> str:
    """Where a platform sends people back to; registered there, to the letter."""
    return f"{installation.WEFT_PUBLIC_URL}/oauth/{platform}/callback/"


def begin(
    tenant: Tenant,
    connector: Connector,
    settings: dict[str, Any],
    label: str = "",
    app: App | None = None,
    user: User | None = None,
    bound: bool = False,
) -> Asked:
    """Ask for a consent: the address is good for a quarter of an hour, and once.

    A `bound` one is answered only where it was asked (see `answer`). BadConfig where
    nobody signs in at this platform or it knows no app of ours.
    """
    oauth = grants.oauth_of(connector)
    app = app or grants.app_of(connector)
    _forget_unused(tenant)
    verifier = random_secrets.token_urlsafe(64)
    consent = Consent(
        tenant=tenant,
        platform=connector.key,
        app=app,
        state=random_secrets.token_urlsafe(32),
        secrets={"verifier": verifier, **({BOUND: "yes"} if bound else {})},
        given=settings,
        label=label,
        asked_by=user,
    )
    consent.save()
    question = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri(connector.key),
        "scope": " ".join(oauth.scopes),
        "state": consent.state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return Asked(consent, f"{_page(connector, settings)}?{urlencode(question)}")


def nowhere(state: str) -> bool:
    """For an answer that comes without a browser: it was asked in none."""
    return False


def answer(platform: str, state: str, code: str, here: Here = nowhere) -> Grant:
    """The consent was given: its tokens, sealed and stored.

    BadConfig for a state that is unknown, used or too old, and for a code that is;
    Transient or Unknown where the platform did not answer. Each ends the question; a
    bound one that comes from elsewhere (BadConfig) stays open.
    """
    remember(code)
    consent = _taken(platform, state, here)
    connector = registry.connector(platform)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(platform),
        "code_verifier": consent.secrets["verifier"],
    }
    try:
        tokens = grants.ask(
            connector, consent.given, consent.app, form, repeatable=False
        )
    except Ended:
        _spend(consent)
        raise BadConfig(
            "code",
            f"{connector.label} does not know this sign-in any more.",
            code="consent_over",
            hint=AGAIN,
        ) from None
    except SyncFailure:
        _spend(consent)
        raise
    grant = Grant(
        tenant=consent.tenant,
        platform=platform,
        app=consent.app,
        secrets={"access": tokens.access, "refresh": tokens.refresh},
        expires_at=tokens.ends_at,
        generation=1,
        scopes=tokens.scopes,
    )
    with transaction.atomic():
        grant.save()
        consent.grant = grant
        _spend(consent)
        who = consent.asked_by
        journal.audit(consent.tenant, "signed in", connector.label, user=who)
    return grant


def decline(platform: str, state: str, here: Here = nowhere) -> None:
    """The person, or the platform, said no. BadConfig as for `answer`."""
    _spend(_taken(platform, state, here))


def failed(consent: Consent) -> bool:
    """Whether it was answered and came to nothing."""
    over = consent.answered_at is not None and consent.grant is None
    return over and not consent.secrets


def _taken(platform: str, state: str, here: Here) -> Consent:
    """The question this answers, taken so that nobody answers it again."""
    known = Consent.everywhere.select_related("app", "tenant", "asked_by").filter(
        platform=platform, tenant__active=True
    )
    # Whatever else comes was never sent by us, and may be what no database can hold.
    right = STATE.fullmatch(state) is not None
    consent = known.filter(state=state).first() if right else None
    if consent is None:
        raise BadConfig(
            "state",
            "Weft did not ask for this sign-in.",
            code="consent_unknown",
            hint=AGAIN,
        )
    if BOUND in consent.secrets and not here(state):
        raise BadConfig(
            "state",
            "This sign-in was begun in another browser.",
            code="consent_elsewhere",
            hint=f"Answer it there, where you are signed in to Weft. {AGAIN}",
        )
    now = timezone.now()
    open_still = Consent.everywhere.filter(
        pk=consent.pk, answered_at=None, created_at__gt=now - LASTS
    )
    if not open_still.update(answered_at=now):
        raise BadConfig(
            "state",
            "This sign-in was answered already, or took longer than a quarter of an "
            "hour.",
            code="consent_over",
            hint=AGAIN,
        )
    return consent


def _spend(consent: Consent) -> None:
    """Nothing is left to answer it with."""
    consent.secrets = {}
    consent.save(update_fields=["grant", "secrets"])


def _forget_unused(tenant: Tenant) -> None:
    """Questions of another day, and tokens that nobody made a connection of."""
    long_ago = timezone.now() - UNUSED
    Consent.objects.for_tenant(tenant).filter(created_at__lt=long_ago).delete()
    Grant.objects.for_tenant(tenant).filter(
        connections=None, created_at__lt=long_ago
    ).delete()


def _page(connector: Connector, settings: dict[str, Any]) -> str:
    """The address of the platform's question, which may stand on a host of its own."""
    oauth = grants.oauth_of(connector)
    page = oauth.authorize(settings)
    if "://" in page:
        return page
    return f"{oauth.root(settings).rstrip('/')}/{page.lstrip('/')}"


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
