"""Opening and leaving a connection: the staged test, the account, its webhooks."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings as installation
from django.db import transaction
from django.utils import timezone

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.connector import (
    TIME_MARK,
    Connector,
    CursorType,
    Stream,
)
from integration.contract.messages import Changed, Everything, Finding
from integration.engine import grants, lookups, session
from integration.engine.selection import ask
from integration.engine.session import Session
from integration.errors import BadConfig, SyncFailure
from integration.http.limits import FreeMeter
from integration.models import (
    Connection,
    Cursor,
    Delivery,
    DeliveryState,
    Grant,
    Health,
    Route,
    Run,
    RunState,
    Tenant,
)
from integration.models.delivery import OPEN_DELIVERIES
from integration.models.run import ACTIVE_RUNS
from synclog import alerts, journal

# Seconds by which a platform's clock may go after ours, or round a sale's time down.
A_MOMENT = 3
# Kept among a connection's secrets: what a platform signs its calls to us with.
HOOK_SECRET = "webhook_secret"  # noqa: S105  the name of a secret, not one


def complete(
    connector: Connector, given: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings and secrets from what was given and the declared defaults.

    BadConfig names the first field that is required and missing, or unknown.
    """
    fields = {field.name: field for field in connector.fields}
    for name in given:
        if name not in fields:
            known = ", ".join(fields)
            raise BadConfig(name, f"{connector.label} has no {name}; it has: {known}.")
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for name, field in fields.items():
        value = given.get(name)
        value = field.default if value in (None, "") else value
        if field.required and value in (None, ""):
            raise BadConfig(name, f"{field.label} is missing.", hint=field.help)
        if field.secret:
            secrets[name] = str(value or "")
        else:
            settings[name] = value
    return settings, secrets


def probe(
    connector: Connector,
    settings: dict[str, Any],
    secrets: dict[str, str],
    grant: Grant | None = None,
) -> Iterator[Finding]:
    """The staged test, one finding at a time; ends at the first that fails."""
    client = session.client(
        connector, settings, secrets, FreeMeter(), grant.pk if grant else None
    )
    try:
        for finding in connector.probe(client):
            yield finding
            if not finding.ok:
                return
    except SyncFailure as failure:
        yield Finding("test", False, failure.message, failure.hint)


def connect(
    tenant: Tenant,
    platform: str,
    label: str,
    settings: dict[str, Any],
    secrets: dict[str, str],
    facts: dict[str, str],
    grant: Grant | None = None,
) -> Connection:
    """Store an account and ask for its lookups; one that is there already gets the new
    credentials, or the new grant, and keeps its links, cursors and webhooks."""
    connector = registry.connector(platform)
    account = connector.account(settings)
    with transaction.atomic():
        known = (
            Connection.objects.for_tenant(tenant)
            .filter(platform=platform, account=account)
            .first()
        )
        connection = known or Connection(
            tenant=tenant, platform=platform, account=account
        )
        kept = connection.secrets.get(HOOK_SECRET) if known else None
        former, connection.grant = connection.grant, grant
        connection.label = label or connection.label or connector.label
        connection.settings = settings
        connection.facts = {**connection.facts, **facts}
        connection.secrets = {
            **secrets,
            HOOK_SECRET: kept or random_secrets.token_urlsafe(32),
        }
        was_lost = connection.health in (Health.NEEDS_REAUTH, Health.DISCONNECTED)
        connection.health, connection.problem = Health.HEALTHY, ""
        connection.circuit_failures, connection.circuit_until = 0, None
        connection.save()
        journal.audit(tenant, "connected", str(connection))
        lookups.first_read(connection)
        if former is not None and former != grant:
            grants.drop_unused(former, connection)
    if known and was_lost:
        alerts.connection_back(connection)
    return connection


def hook_url(connection: Connection) -> str:
    """Where the platform sends its webhooks for this connection."""
    return (
        f"{installation.WEFT_PUBLIC_URL}/hooks/{connection.pk}/{connection.hook_token}/"
    )


def sync_webhooks(connection: Connection) -> None:
    """Register what the connection's routes need to hear of; revive what was disabled.

    Raises the failures of the platform's API.
    """
    connector = registry.connector(connection.platform)
    if connector.webhooks is None:
        return
    kinds = set(
        Route.everywhere.filter(source=connection, enabled=True).values_list(
            "kind", flat=True
        )
    )
    streams = {stream.key for stream in connector.streams if kinds & set(stream.kinds)}
    for kind in kinds:
        streams |= {part.key for part in connector.parts_of(Kind(kind))}
    opened = Session(connection)
    hooks = connector.webhooks(connection.settings, connection.secrets)
    try:
        hooks.sync(
            opened.client,
            hook_url(connection),
            connection.secrets[HOOK_SECRET],
            streams,
        )
    finally:
        opened.meter.write_down()
    Connection.everywhere.filter(pk=connection.pk).update(
        webhooks_checked_at=timezone.now()
    )


def first_sync(connection: Connection, only: Kind | None = None) -> list[Run]:
    """A full read of every list that routes from this connection (or those of the kind
    `only`) need.

    Sales are read from now on: what a shop sold before it was connected is not sent
    on, unless somebody asks for everything.
    """
    connector = registry.connector(connection.platform)
    kinds = set(
        Route.everywhere.filter(source=connection, enabled=True).values_list(
            "kind", flat=True
        )
    )
    kinds = kinds & {only} if only else kinds
    completing = {part for kind in kinds for part in connector.parts_of(Kind(kind))}
    runs = lookups.first_read(connection)
    for stream in connector.streams:
        if stream.lookup or not (kinds & set(stream.kinds) or stream in completing):
            continue
        if stream.main in SALES and stream.cursor == CursorType.TIME:
            runs += _from_now_on(connection, stream)
        else:
            runs.append(_from_the_beginning(connection, stream))
    return runs


def _from_the_beginning(connection: Connection, stream: Stream) -> Run:
    now = timezone.now()
    # The clock need not ask for the same list on the same day.
    Cursor.everywhere.update_or_create(
        tenant_id=connection.tenant_id,
        connection=connection,
        stream=stream.key,
        defaults={"asked_at": now, "full_asked_at": now},
    )
    return ask(connection, stream.key, Everything(), cause="install")[0]


def _from_now_on(connection: Connection, stream: Stream) -> list[Run]:
    # A reader goes back by its overlap: from there it is now, less a moment.
    start = timezone.now() + timedelta(seconds=stream.overlap - A_MOMENT)
    cursor, new = Cursor.everywhere.get_or_create(
        tenant_id=connection.tenant_id,
        connection=connection,
        stream=stream.key,
        defaults={"value": start.strftime(TIME_MARK)},
    )
    if not new and not cursor.value:
        cursor.value = start.strftime(TIME_MARK)
        cursor.save(update_fields=["value"])
    return [ask(connection, stream.key, Changed(), cause="install")[0]]


def disconnect(connection: Connection) -> str:
    """Leave a platform: our webhooks, its credentials and what is owed all go.

    Links stay, for a later return. The answer tells what could not be cleaned up.
    """
    left = ""
    connector = registry.connector(connection.platform)
    if connector.webhooks is not None:
        opened = Session(connection)
        hooks = connector.webhooks(connection.settings, connection.secrets)
        try:
            hooks.sync(opened.client, None, connection.secrets[HOOK_SECRET], ())
        except SyncFailure as failure:
            left = f"Its webhooks could not be removed there: {failure.message}"
        finally:
            opened.meter.write_down()
    grant = Grant.everywhere.filter(connections=connection).first()
    if grant is not None:
        left = f"{left} {grants.give_up(connection, grant)}".strip()
    with transaction.atomic():
        Connection.everywhere.filter(pk=connection.pk).update(
            health=Health.DISCONNECTED, problem=left
        )
        connection.secrets, connection.grant = {}, None
        connection.save(update_fields=["secrets", "grant"])
        now = timezone.now()
        Run.everywhere.filter(connection=connection, state__in=ACTIVE_RUNS).update(
            state=RunState.CANCELLED, ended_at=now, message="Disconnected."
        )
        Delivery.everywhere.filter(
            route__target=connection, state__in=OPEN_DELIVERIES
        ).update(state=DeliveryState.CLOSED, done_by="disconnected", ended_at=now)
        journal.audit(connection.tenant_id, "disconnected", str(connection))
    return left
