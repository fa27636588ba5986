"""Asks a platform something while a person waits: the staged test, and its offers.

Every call is bounded, and so is the whole, however slow a platform is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from integration.contract import registry
from integration.contract.connector import Connector
from integration.contract.grant import Opened
from integration.contract.messages import Finding
from integration.engine import grants
from integration.engine.keeper import Keeper
from integration.engine.reach import rules
from integration.errors import SyncFailure
from integration.http.auth import GrantAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.redact import remember
from integration.models import Connection, Grant

# Seconds for one call with its repeats, and after which no further stage is begun.
ONE_CALL = 10.0
ALL = 25.0
SLOW = "The platform takes too long to answer."
SLOW_HINT = "Test again in a moment; if it stays so, ask whoever runs it."

Settings = dict[str, Any]


def findings(
    connector: Connector,
    settings: Settings,
    secrets: dict[str, str],
    grant: Grant | None = None,
) -> list[Finding]:
    """The stages of the test in order, up to the first that fails."""
    found: list[Finding] = []
    until = time.monotonic() + ALL
    try:
        for finding in connector.probe(_client(connector, settings, secrets, grant)):
            found.append(finding)
            if not finding.ok:
                break
            if time.monotonic() > until:
                found.append(Finding("time", False, SLOW, SLOW_HINT))
                break
    except SyncFailure as failure:
        found.append(Finding("test", False, failure.message, failure.hint))
    return found


def offered(
    connector: Connector,
    settings: Settings,
    secrets: dict[str, str],
    grant: Grant | None = None,
) -> tuple[str, list[Opened]]:
    """The setting that names one of several accounts behind one sign-in or one set of
    keys, and what it may be; "" where a platform has no such choice.

    Raises the failures of the platform's API.
    """
    if grant is not None:
        oauth = grants.oauth_of(connector)
        if not oauth.setting:
            return "", []
        http = _door(connector, settings, _signed(connector, settings, grant))
        return oauth.setting, list(oauth.accounts(http))
    for setting, ask in connector.offers.items():
        return setting, list(ask(_client(connector, settings, secrets, None)))
    return "", []


def of(connection: Connection) -> list[Finding]:
    """The staged test of a connection as it is stored."""
    connector = registry.connector(connection.platform)
    return findings(
        connector, connection.settings, connection.secrets, connection.grant
    )


def passed(found: Sequence[Finding]) -> bool:
    """Whether every stage went well."""
    return bool(found) and all(finding.ok for finding in found)


def facts(found: Sequence[Finding]) -> dict[str, str]:
    """What the platform told about itself in a test."""
    return {name: each for finding in found for name, each in finding.facts.items()}


def _client(
    connector: Connector, settings: Settings, secrets: dict[str, str], grant: Any
) -> Any:
    remember(*secrets.values())
    if grant is None:
        auth = connector.auth(settings, secrets)
    else:
        auth = _signed(connector, settings, grant)
    return connector.client(settings, _door(connector, settings, auth))


def _signed(connector: Connector, settings: Settings, grant: Grant) -> GrantAuth:
    return GrantAuth(Keeper(grant.pk, connector, settings))


def _door(connector: Connector, settings: Settings, auth: Any) -> Http:
    bounds = rules(settings, read_timeout=ONE_CALL, total_timeout=ONE_CALL)
    return Http(
        base_url=connector.base_url(settings),
        auth=auth,
        meter=FreeMeter(),
        rules=bounds,
    )
