"""Which organisations an app is let into, by consent or by a custom connection."""

import requests

from integration.sandbox.server import SandboxServer
from tests.connectors.xero.sandbox.caller import KEYS, Caller
from tests.connectors.xero.sandbox.signing_in import (
    back,
    connections,
    consent,
    renew,
    trade,
)


def test_connections_are_those_chosen_and_each_consent_is_told_apart(
    xero: Caller,
) -> None:
    xero.control("revoke_grant")
    xero.control("consent", organisations=["GB"])
    xero.use(trade(xero, back(consent(xero))["code"]).json()["access_token"])
    first = connections(xero)
    assert [row["tenantName"] for row in first] == ["Harbour Lane Ltd"]
    xero.control("consent", organisations=["NZ"])
    xero.use(trade(xero, back(consent(xero))["code"]).json()["access_token"])
    assert len(connections(xero)) == 2
    event = first[0]["authEventId"]
    assert connections(xero, authEventId=event) == first


def test_a_removed_connection_closes_its_organisation_alone(xero: Caller) -> None:
    rows = {row["tenantId"]: row for row in connections(xero)}
    other = next(tenant for tenant in rows if tenant != xero.tenant)
    url = f"{xero.root}/connections/{rows[xero.tenant]['id']}"
    assert xero.session.delete(url, timeout=60).status_code == 204
    assert xero.session.delete(url, timeout=60).status_code == 404
    assert xero.get("Organisation").status_code == 403
    xero.session.headers["xero-tenant-id"] = other
    assert xero.get("Organisation").status_code == 200


def test_without_the_organisation_named_nothing_is_answered(xero: Caller) -> None:
    del xero.session.headers["xero-tenant-id"]
    assert xero.get("Organisation").status_code == 403


def test_a_scope_that_is_missing_closes_what_it_is_for(xero: Caller) -> None:
    xero.use(
        xero.control("sign_in", scopes=["accounting.contacts.read"])["access_token"]
    )
    assert xero.get("Contacts").status_code == 200
    assert xero.put("Contacts", {"Name": "New"}).status_code == 403
    assert xero.get("Invoices").status_code == 403


def test_revocation_ends_tokens_and_connections(xero: Caller) -> None:
    tokens = xero.control("sign_in")
    pair = (KEYS["client_id"], KEYS["client_secret"])
    form = {"token": tokens["refresh_token"]}
    url = f"{xero.root}/connect/revocation"
    assert requests.post(url, form, auth=pair, timeout=60).status_code == 200
    assert renew(xero, tokens).json() == {"error": "invalid_grant"}
    assert xero.get("Organisation").status_code == 401
    assert xero.ledger()["connections"] == []


def test_expired_access_tokens_leave_the_refresh_token_good(xero: Caller) -> None:
    tokens = xero.control("sign_in")
    xero.control("expire_access_tokens")
    assert xero.get("Organisation").status_code == 401
    xero.use(renew(xero, tokens).json()["access_token"])
    assert xero.get("Organisation").status_code == 200


def test_a_custom_connection_needs_no_organisation_named(fresh: SandboxServer) -> None:
    xero = Caller(fresh)
    pair = (KEYS["custom_client_id"], KEYS["custom_client_secret"])
    url = f"{xero.root}/connect/token"
    form = {"grant_type": "client_credentials"}
    tokens = requests.post(url, form, auth=pair, timeout=60).json()
    assert "refresh_token" not in tokens
    xero.use(tokens["access_token"])
    del xero.session.headers["xero-tenant-id"]
    assert xero.row("Organisation")["BaseCurrency"] == "NZD"
    assert [row["tenantId"] for row in connections(xero)] == [xero.tenant]
    app = (KEYS["client_id"], KEYS["client_secret"])
    refused = requests.post(url, form, auth=app, timeout=60)
    assert refused.json() == {"error": "unauthorized_client"}
