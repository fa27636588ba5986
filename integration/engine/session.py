"""Opens a connection: its credentials, meter, client, reader and writer."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from integration.contract import registry
from integration.contract.connector import Connector, Reader, Stream, Writer
from integration.engine.meter import DatabaseMeter
from integration.errors import Unsupported
from integration.http.client import Http
from integration.http.limits import Meter
from integration.http.redact import remember
from integration.http.rules import HttpRules
from integration.models import Connection, Priority, Run


def rules(connection_settings: dict[str, Any]) -> HttpRules:
    """How far calls of a connection may go on this installation."""
    return HttpRules(
        allow_loopback=settings.WEFT_ALLOW_LOOPBACK,
        allow_http=bool(connection_settings.get("allow_http"))
        and settings.WEFT_ALLOW_LOOPBACK,
        ports=tuple(settings.WEFT_PORTS_OUT),
        networks=tuple(settings.WEFT_NETWORKS),
        ca_file=settings.WEFT_CA_FILE,
    )


def client(
    connector: Connector,
    connection_settings: dict[str, Any],
    secrets: dict[str, str],
    meter: Meter,
) -> Any:
    """A connector's own client over the one HTTP door.

    From here on its secrets are masked wherever they would be shown.
    """
    remember(*secrets.values())
    door = Http(
        base_url=connector.base_url(connection_settings),
        auth=connector.auth(connection_settings, secrets),
        meter=meter,
        rules=rules(connection_settings),
    )
    return connector.client(connection_settings, door)


def stream_of(run: Run) -> Stream:
    """The list a run reads, as its connector declares it."""
    return registry.connector(run.connection.platform).stream(run.stream)


class Session:
    """One connection, open. Reader and writer are made when first asked for."""

    def __init__(
        self, connection: Connection, *, priority: int = Priority.CHANGED
    ) -> None:
        self.connection = connection
        self.connector = registry.connector(connection.platform)
        limits = self.connector.limits(connection.settings)
        self.meter = DatabaseMeter(
            connection, limits, reserved_ok=priority <= Priority.SALE
        )
        self._client: Any = None

    @property
    def client(self) -> Any:
        """The connector's client, made once."""
        if self._client is None:
            self._client = client(
                self.connector,
                self.connection.settings,
                self.connection.secrets,
                self.meter,
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
