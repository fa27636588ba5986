"""A connection being set up: what a person has answered so far, tested, then adopted.

Until it is tested it is a paused row whose account is a mark of its own, so that no
worker looks at it and no account is taken by a mistake. Tested, it is a connection like
any other which nothing flows through: its routes stay switched off until the first sync
(see `first_routes`). A half-finished one is therefore found by its rows alone, and
whoever comes back goes on where these rows end.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from integration.contract import registry
from integration.contract.connector import Connector
from integration.engine import connect, grants
from integration.errors import BadConfig
from integration.models import Connection, Grant, Health, Route, Tenant
from synclog import journal

Person = User | None
# In front of the account of a connection that was never tested.
UNTESTED = "new:"
WAITS = "It is being set up."


def untested(connection: Connection) -> bool:
    """Whether its answers were never tested."""
    return connection.account.startswith(UNTESTED)


def signs_in(connector: Connector, settings: Mapping[str, Any]) -> bool:
    """Whether a person signs in at the platform for a connection so set."""
    return connector.oauth is not None and connector.oauth.applies(settings)


def answered(
    connector: Connector, given: Mapping[str, Any], kept: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings and secrets from what was typed in; a secret left empty stays as `kept`.

    BadConfig names the field that is missing or cannot be.
    """
    secrets = {field.name for field in connector.fields if field.secret}
    filled = {
        name: kept.get(name, "") if name in secrets and not value else value
        for name, value in given.items()
    }
    settings, sealed = connect.complete(connector, filled)
    # Both say in their own words what is wrong with an address.
    connector.base_url(settings)
    connector.account(settings)
    return settings, sealed


def begin(
    tenant: Tenant, connector: Connector, label: str, given: Mapping[str, Any]
) -> Connection:
    """A connection with these answers, not tested yet. BadConfig as for `answered`."""
    settings, secrets = answered(connector, given, {})
    connection = Connection(
        tenant=tenant,
        platform=connector.key,
        account=f"{UNTESTED}{uuid.uuid4().hex}",
        label=label or connector.label,
        settings=settings,
        secrets=secrets,
        health=Health.PAUSED,
        problem=WAITS,
    )
    connection.save()
    return connection


def answer(connection: Connection, label: str, given: Mapping[str, Any]) -> None:
    """Other answers, before they are adopted. BadConfig as for `answered`."""
    connector = registry.connector(connection.platform)
    settings, secrets = answered(connector, given, connection.secrets)
    connection.settings, connection.secrets = settings, secrets
    connection.label = label or connection.label
    connection.save(update_fields=["settings", "secrets", "label"])


def choose(
    connection: Connection, setting: str, external_id: str, grant: Grant | None
) -> None:
    """One of the accounts behind a sign-in or a set of keys, and the sign-in."""
    if setting:
        connection.settings = {**connection.settings, setting: external_id}
    former, connection.grant = connection.grant, grant
    connection.save(update_fields=["settings", "grant"])
    if former is not None and former != grant:
        grants.drop_unused(former, connection)


def twin(connection: Connection) -> Connection | None:
    """The merchant's connection that is the same account already."""
    connector = registry.connector(connection.platform)
    same = Connection.objects.for_tenant(connection.tenant_id).filter(
        platform=connection.platform, account=connector.account(connection.settings)
    )
    return same.exclude(pk=connection.pk).first()


def adopt(connection: Connection, facts: dict[str, str], user: Person) -> Connection:
    """What passed its test becomes a connection, and its lookups are asked for.

    An account that was disconnected comes back with its links. BadConfig where it is
    connected already.
    """
    known = twin(connection)
    if known is not None and known.health != Health.DISCONNECTED:
        raise BadConfig(
            "account",
            f"{known} is this very account: it is connected already.",
            code="connected_already",
            hint="Give that one the new credentials; it keeps its links.",
        )
    connector = registry.connector(connection.platform)
    grant, label = connection.grant, connection.label
    settings, secrets = connection.settings, dict(connection.secrets)
    secrets.pop(connect.HOOK_SECRET, None)
    with transaction.atomic():
        if known is not None:
            Connection.objects.for_tenant(connection.tenant_id).filter(
                pk=connection.pk
            ).delete()
        else:
            connection.account = connector.account(settings)
            connection.save(update_fields=["account"])
        found = connect.connect(
            connection.tenant, connector.key, label, settings, secrets, facts, grant
        )
        journal.audit(found.tenant_id, "tested", str(found), user=user)
    return found


def routes_of(connection: Connection) -> Any:
    """The routes that begin or end at a connection, with both ends."""
    touching = Q(source=connection) | Q(target=connection)
    return (
        Route.objects.for_tenant(connection.tenant_id)
        .filter(touching)
        .select_related("source", "target", "tenant__plan")
        .order_by("pk")
    )


def unfinished(connection: Connection) -> bool:
    """Whether nothing flows through it, so that there is something left to set up."""
    if connection.health == Health.DISCONNECTED:
        return False
    return not routes_of(connection).filter(enabled=True).exists()


def throw_away(connection: Connection, user: Person) -> str:
    """Forget a connection nothing flows through; what could not be cleaned up there.

    One that was never tested leaves nothing; else links stay, for a later return.
    BadConfig where a route of it is switched on.
    """
    if not unfinished(connection):
        raise BadConfig(
            "connection", f"{connection} is in use.", hint="Disconnect it instead."
        )
    journal.audit(connection.tenant_id, "set_up_dropped", str(connection), user=user)
    routes_of(connection).delete()
    if not untested(connection):
        return connect.disconnect(connection)
    grant = connection.grant
    left = grants.give_up(connection, grant) if grant is not None else ""
    mine = Connection.objects.for_tenant(connection.tenant_id)
    mine.filter(pk=connection.pk).delete()
    return left
