"""New credentials for a connection that keeps all else: tested first, stored then."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from integration.contract import registry
from integration.contract.messages import Finding
from integration.engine import accounts, grants, staged
from integration.errors import BadConfig
from integration.models import Connection, Grant, Health
from synclog import alerts, journal

Person = User | None


def with_keys(
    connection: Connection, given: Mapping[str, str], user: Person
) -> list[Finding]:
    """The findings of a test with these secrets in place of the ones stored; where all
    are well they are stored, and the connection goes on."""
    connector = registry.connector(connection.platform)
    names = {field.name for field in connector.fields if field.secret}
    new = {name: value for name, value in given.items() if name in names}
    secrets = {**connection.secrets, **new}
    found = staged.findings(connector, connection.settings, secrets, None)
    if not staged.passed(found):
        return found
    with transaction.atomic():
        connection.secrets = secrets
        connection.facts = {**connection.facts, **staged.facts(found)}
        lost = _well_again(connection)
        connection.save(update_fields=["secrets", "facts", *HEALTH])
        journal.audit(
            connection.tenant_id,
            "secrets_replaced",
            str(connection),
            user=user,
            after={"names": sorted(new)},
        )
    if lost:
        alerts.connection_back(connection)
    return found


def with_grant(connection: Connection, grant: Grant, user: Person) -> None:
    """Go on with another sign-in. BadConfig where it does not open this account; raises
    the failures of the platform's API."""
    connector = registry.connector(connection.platform)
    setting = grants.oauth_of(connector).setting
    found = accounts.opened(grant, connector, connection.settings)
    mine = connection.settings.get(setting) if setting else ""
    if setting and mine not in [each.external_id for each in found]:
        named = ", ".join(each.name for each in found) or "nothing"
        raise BadConfig(
            setting,
            f"This sign-in does not open {connection}; it opens: {named}.",
            code="other_account",
            hint="Sign in again as somebody who may use it, and choose it there.",
        )
    former = connection.grant
    with transaction.atomic():
        connection.grant = grant
        lost = _well_again(connection)
        connection.save(update_fields=["grant", *HEALTH])
        journal.audit(
            connection.tenant_id, "signed in again", str(connection), user=user
        )
    if former is not None and former != grant:
        grants.drop_unused(former, connection)
    if lost:
        alerts.connection_back(connection)


HEALTH = ("health", "problem", "circuit_failures", "circuit_until")


def _well_again(connection: Connection) -> bool:
    """Whether its credentials were refused until now; what a person paused stays so."""
    lost = connection.health == Health.NEEDS_REAUTH
    if lost or connection.health == Health.TROUBLE:
        connection.health, connection.problem = Health.HEALTHY, ""
    connection.circuit_failures, connection.circuit_until = 0, None
    return lost
