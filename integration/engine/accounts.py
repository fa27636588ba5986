"""What a grant opens, and the connections that go on with a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integration.contract import registry
from integration.contract.connector import Connector
from integration.contract.grant import Opened
from integration.engine import grants, session
from integration.engine.keeper import Keeper
from integration.http.auth import GrantAuth
from integration.http.limits import FreeMeter
from integration.models import Connection, Grant, Health
from synclog import alerts, journal


def opened(
    grant: Grant, connector: Connector, settings: dict[str, Any]
) -> Sequence[Opened]:
    """What the grant opens. Raises the failures of the platform's API."""
    auth = GrantAuth(Keeper(grant.pk, connector, settings))
    http = session.door(connector, settings, auth, FreeMeter())
    return list(grants.oauth_of(connector).accounts(http))


def revive(grant: Grant) -> list[Connection]:
    """The merchant's connections whose own grant has ended and whose account this one
    opens: they go on with it, with all they have.

    Raises the failures of the platform's API.
    """
    connector = registry.connector(grant.platform)
    setting = grants.oauth_of(connector).setting
    mine = Connection.objects.for_tenant(grant.tenant_id).filter(
        platform=grant.platform, grant__dead=True
    )
    waiting = list(mine.exclude(health=Health.DISCONNECTED).select_related("grant"))
    if not waiting:
        return []
    found = opened(grant, connector, waiting[0].settings)
    ids = {each.external_id for each in found}
    revived = [
        each for each in waiting if not setting or each.settings.get(setting) in ids
    ]
    for connection in revived:
        _go_on(connection, grant)
    return revived


def _go_on(connection: Connection, grant: Grant) -> None:
    former = connection.grant
    was_lost = connection.health == Health.NEEDS_REAUTH
    connection.grant = grant
    if was_lost:
        connection.health, connection.problem = Health.HEALTHY, ""
        connection.circuit_failures, connection.circuit_until = 0, None
    connection.save(
        update_fields=[
            "grant",
            "health",
            "problem",
            "circuit_failures",
            "circuit_until",
        ]
    )
    journal.audit(connection.tenant_id, "signed in again", str(connection))
    if was_lost:
        alerts.connection_back(connection)
    if former is not None:
        grants.drop_unused(former, connection)
