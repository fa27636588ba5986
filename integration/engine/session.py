"""Opens a connection: its credentials, meter, client, reader and writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from integration.contract import registry
from integration.contract.connector import Connector, Reader, Stream, Writer
from integration.contract.messages import NOTHING
from integration.engine import pacing
from integration.engine.keeper import Keeper
from integration.engine.meter import DatabaseMeter
from integration.engine.reach import rules
from integration.errors import Unsupported
from integration.http.auth import Auth, GrantAuth
from integration.http.client import Http
from integration.http.limits import Limit, Meter
from integration.http.redact import remember
from integration.models import Connection, Priority, Run


def client(
    connector: Connector,
    connection_settings: dict[str, Any],
    secrets: dict[str, str],
    meter: Meter,
    grant_id: int | None = None,
) -> Any:
    """A connector's own client over the one HTTP door.

    From here on its secrets are masked wherever they would be shown.
    """
    remember(*secrets.values())
    if grant_id is None:
        auth = connector.auth(connection_settings, secrets)
    else:
        auth = GrantAuth(Keeper(grant_id, connector, connection_settings))
    return connector.client(
        connection_settings, door(connector, connection_settings, auth, meter)
    )


def door(
    connector: Connector, connection_settings: dict[str, Any], auth: Auth, meter: Meter
) -> Http:
    """The platform's API as a connection with these settings may call it."""
    return Http(
        base_url=connector.base_url(connection_settings),
        auth=auth,
        meter=meter,
        rules=rules(connection_settings),
    )


def limits_of(
    connector: Connector, connection_settings: dict[str, Any]
) -> Sequence[Limit]:
    """The platform's limits; their times are divided by `WEFT_WINDOW_SCALE`."""
    return [
        replace(limit, seconds=limit.seconds / settings.WEFT_WINDOW_SCALE)
        for limit in connector.limits(connection_settings)
    ]


def stream_of(run: Run) -> Stream:
    """The list a run reads, as its connector declares it."""
    return registry.connector(run.connection.platform).stream(run.stream)


class Session:
    """One connection, open. Reader and writer are made when first asked for.

    `options` stand before the connection's settings: what a route does differently.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        priority: int = Priority.CHANGED,
        run: Run | None = None,
        options: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.connection = connection
        self.settings = {**connection.settings, **options}
        self.connector = registry.connector(connection.platform)
        limits = limits_of(self.connector, connection.settings)
        self.meter = DatabaseMeter(
            connection,
            limits,
            reserved_ok=pacing.for_sale(priority, run),
            spread=pacing.can_wait(priority, run),
        )
        self._client: Any = None

    @property
    def client(self) -> Any:
        """The connector's client, made once."""
        if self._client is None:
            self._client = client(
                self.connector,
                self.settings,
                self.connection.secrets,
                self.meter,
                self.connection.grant_id,
            )
        return self._client

    def reader(self) -> Reader:
        """Raises Unsupported where the platform cannot be read."""
        if self.connector.reader is None:
            raise Unsupported(f"{self.connector.label} cannot be read from.")
        return self.connector.reader(self.client)

    def writer(self) -> Writer:
        """Raises Unsupported where the platform cannot be written to."""
        if self.connector.writer is None:
            raise Unsupported(f"{self.connector.label} cannot be written to.")
        return self.connector.writer(self.client)
