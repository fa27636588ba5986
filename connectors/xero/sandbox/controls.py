"""Holds the controls of the platform itself: tokens, limits, failures, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectors.xero.sandbox.dates import render
from connectors.xero.sandbox.exchange import Invalid
from connectors.xero.sandbox.identity import WEBHOOK_KEY
from connectors.xero.sandbox.office import OFFICE, Body, find_organisation
from connectors.xero.sandbox.scopes import CUSTOM, PLAIN

if TYPE_CHECKING:
    from connectors.xero.sandbox.xero import Xero


def expire_access_tokens(xero: Xero, body: Body) -> Any:
    """End every access token now; refresh tokens stay good."""
    return {"expired": xero.identity.expire()}


def revoke_grant(xero: Xero, body: Body) -> Any:
    """Withdraw the user's consent: no token and no connection is left."""
    xero.identity.revoke()
    return {}


def set_settings(xero: Xero, body: Body) -> Any:
    """Change settings by name; gives all of them."""
    return xero.settings.change(body)


def forget_limits(xero: Xero, body: Body) -> Any:
    """Count calls from zero again."""
    xero.limits.forget()
    return {}


def consent(xero: Xero, body: Body) -> Any:
    """Say what consents are for from now on: `organisations`, or all are `denied`."""
    if "organisations" in body:
        named = (
            find_organisation(xero.organisations, {"organisation": n})
            for n in body["organisations"]
        )
        xero.door.chosen = [org.id for org in named]
    xero.door.denies = bool(body.get("denied", False))
    return {"chosen": xero.door.chosen, "denied": xero.door.denies}


def sign_in(xero: Xero, body: Body) -> Any:
    """Give a token set as after a consent of the user, for whom needs one at once."""
    return xero.door.sign_in(frozenset(body.get("scopes") or CUSTOM | PLAIN))


def server_error(xero: Xero, body: Body) -> Any:
    """Fail the next `times` writes with `status`, `after` they were done or before.

    Unlike a fault this is the platform's own answer, kept for an idempotency key.
    """
    xero.failing = (
        int(body.get("times", 1)),
        int(body.get("status", 500)),
        bool(body.get("after", False)),
    )
    return {}


def webhook(xero: Xero, body: Body) -> Any:
    """Set the app's webhook: `url` and, if not the printed one, `key`."""
    url = str(body["url"])
    if not url.startswith(("http://", "https://")):
        raise ValueError("url is an http address")
    xero.courier.register(url, str(body.get("key") or WEBHOOK_KEY))
    return {"url": url}


def misbehave(xero: Xero, body: Body) -> Any:
    """Make webhooks go wrong: `mode`, `times` (-1 for all), `seconds` to be late."""
    xero.courier.misbehave(**body)
    return {"mode": xero.courier.mode, "times": xero.courier.times}


def deliveries(xero: Xero, body: Body) -> Any:
    """Tell of every event sent, and how many wait."""
    courier = xero.courier
    return {"deliveries": list(courier.log), "waiting": courier.waiting()}


def run_control(xero: Xero, action: str, body: Any) -> Any:
    """Do one control; raises `KeyError` for an unknown one, `ValueError` for a body."""
    if not isinstance(body, dict):
        raise ValueError("a control takes a JSON object")
    try:
        if action in OFFICE:
            return render(OFFICE[action](xero.organisations, body))
        return render(CONTROLS[action](xero, body))
    except Invalid as invalid:
        raise ValueError("; ".join(invalid.faults)) from invalid


CONTROLS: dict[str, Callable[[Xero, Body], Any]] = {
    "expire_access_tokens": expire_access_tokens,
    "revoke_grant": revoke_grant,
    "set_settings": set_settings,
    "forget_limits": forget_limits,
    "consent": consent,
    "sign_in": sign_in,
    "server_error": server_error,
    "webhook": webhook,
    "webhooks": misbehave,
    "deliveries": deliveries,
}
