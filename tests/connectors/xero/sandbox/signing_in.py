"""Walks the road of a consent, for the tests about who may ask."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.connectors.xero.sandbox.caller import KEYS, Caller

SCOPE = "openid offline_access accounting.invoices accounting.contacts"
BACK = "http://127.0.0.1:8080/callback"


def consent(xero: Caller, **changes: str) -> requests.Response:
    params = {
        "response_type": "code",
        "client_id": KEYS["client_id"],
        "redirect_uri": BACK,
        "scope": SCOPE,
        "state": "s1",
        **changes,
    }
    return requests.get(
        f"{xero.root}/identity/connect/authorize",
        params,
        allow_redirects=False,
        timeout=60,
    )


def back(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def trade(xero: Caller, code: str, **more: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return xero.token(**form, **more)


def renew(xero: Caller, tokens: Any) -> requests.Response:
    return xero.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])


def connections(xero: Caller, **params: str) -> Any:
    url = f"{xero.root}/connections"
    return xero.session.get(url, params=params, timeout=60).json()
