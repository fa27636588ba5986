"""A person's consent from its first day to its second, begun anew after any crash."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests

from integration.errors import BadCredentials, Transient
from tests.platforms.identity import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from integration.models import Connection, Tenant

SECONDS = 60


def whole(tenant: Tenant) -> None:
    """Sign in, renew, meet a server that is down, lose the consent, sign in again."""
    _registered()
    account = _left_behind()
    if account is not None:
        _goes_on(account)
    account = _signed_in(tenant)
    _control("expire")
    assert _asked(account) == 200
    _down(account)
    _control("end")
    _locked_out(account)
    _signed_in(tenant, anew=False)
    assert _asked(account) == 200


def _registered() -> None:
    from django.utils import timezone

    from integration.models import App, Consent, Grant

    secrets = {"client_secret": CLIENT_SECRET}
    App.objects.get_or_create(
        platform="little", client_id=CLIENT_ID, defaults={"secrets": secrets}
    )
    # The dead hold no claim for long, and what they left unused grows old.
    old = timezone.now() - timedelta(days=2)
    Consent.everywhere.update(created_at=old)
    Grant.everywhere.update(created_at=old, renewing_until=None)


def _left_behind() -> Connection | None:
    from integration.models import Connection

    return Connection.everywhere.filter(platform="little", grant__dead=False).first()


def _goes_on(account: Connection) -> None:
    """Whoever died with a new pair in its hands has not lost the account.

    Unless the person had taken the consent back by then.
    """
    try:
        assert _asked(account) == 200
    except BadCredentials:
        assert _ledger()["ended"]


def _signed_in(tenant: Tenant, *, anew: bool = True) -> Connection:
    """A consent; and a connection of it, or those of the one before go on with it."""
    from integration.contract import registry
    from integration.engine import accounts, connect, consent
    from integration.models import Connection

    settings = {"base_url": _url("little"), "account": "a-1"}
    asked = consent.begin(tenant, registry.connector("little"), settings)
    page = requests.get(asked.url, allow_redirects=False, timeout=SECONDS)
    back = parse_qs(urlsplit(page.headers["Location"]).query)
    grant = consent.answer("little", back["state"][0], back["code"][0])
    accounts.revive(grant)
    if anew:
        connect.connect(tenant, "little", "Books", settings, {}, {}, grant)
    return Connection.everywhere.get(platform="little")


def _down(account: Connection) -> None:
    from integration.models import Grant

    fault = {"kind": "status", "path": "token", "status": 500}
    _control("expire")
    _control("faults", **fault)
    try:
        _asked(account)
    except Transient:
        Grant.everywhere.update(renewing_until=None)
    assert _asked(account) == 200


def _locked_out(account: Connection) -> None:
    try:
        _asked(account)
    except BadCredentials:
        return
    raise AssertionError("a consent that was taken back still opens the door")


def _asked(account: Connection) -> int:
    from integration.engine.session import Session
    from integration.models import Connection

    opened = Session(Connection.everywhere.get(pk=account.pk))
    return int(opened.client.get("things").status)


def _url(*path: str) -> str:
    return "/".join((os.environ["LITTLE_URL"], *path))


def _control(action: str, **body: Any) -> None:
    at = _url("_control", "little", action)
    requests.post(at, json=body, timeout=SECONDS).raise_for_status()


def _ledger() -> dict[str, Any]:
    found: dict[str, Any] = requests.get(
        _url("_control", "little", "ledger"), timeout=SECONDS
    ).json()
    return found
