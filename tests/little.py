"""Little, the platform where a person signs in: its server, and Weft beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client

from integration.contract import registry
from integration.sandbox.server import SandboxServer
from tests.platforms.identity import CLIENT_ID, CLIENT_SECRET, Identity
from tests.platforms.little import CONNECTOR

if TYPE_CHECKING:
    from django.http import HttpResponse

    from integration.http.client import Http
    from integration.models import App, Connection, Grant, Tenant


@contextmanager
def known() -> Iterator[None]:
    """Little is declared among the platforms while this lasts."""
    registry.connectors()["little"] = CONNECTOR
    try:
        yield
    finally:
        del registry.connectors()["little"]


class Little:
    """The platform, its controls, and a merchant who uses it."""

    def __init__(self, server: SandboxServer) -> None:
        self.url = f"{server.url}/little"
        self.settings = {"base_url": self.url, "account": "a-1"}
        self.identity: Any = server.platform("little")
        self._controls = f"{server.url}/_control/little"

    @property
    def connector(self) -> Any:
        return registry.connector("little")

    def fault(self, kind: str, path: str, **more: Any) -> None:
        """The next calls that fit go wrong; see the sandbox's faults."""
        body = {"kind": kind, "path": path, **more}
        answer = requests.post(f"{self._controls}/faults", json=body, timeout=60)
        answer.raise_for_status()

    def calls(self, path: str) -> int:
        """How many calls came in on this path."""
        made = requests.get(f"{self._controls}/calls", timeout=60).json()["calls"]
        return sum(call["path"] == path for call in made)

    def app(self, **secrets: str) -> App:
        """This installation is registered there."""
        from integration.models import App

        held = {"client_secret": CLIENT_SECRET, **secrets}
        app, _ = App.objects.get_or_create(
            platform="little", client_id=CLIENT_ID, defaults={"secrets": held}
        )
        return app

    def tenant(self, slug: str = "acme") -> Tenant:
        from integration.models import Tenant

        mail = f"{slug}@example.com"
        return Tenant.objects.get_or_create(
            slug=slug, defaults={"name": slug, "email": mail}
        )[0]

    def visit(self, url: str, browser: Client | None = None) -> HttpResponse:
        """A person opens the platform's page, and is sent back to ours."""
        answer = requests.get(url, allow_redirects=False, timeout=60)
        back = urlsplit(answer.headers["Location"])
        return (browser or Client()).get(f"{back.path}?{back.query}")

    def grant(self, slug: str = "acme") -> Grant:
        """A person signed in."""
        from integration.engine import consent
        from integration.models import Grant

        self.app()
        given = {"base_url": self.url}
        asked = consent.begin(self.tenant(slug), self.connector, given)
        assert self.visit(asked.url).status_code == 200
        asked.consent.refresh_from_db()
        return Grant.everywhere.get(pk=asked.consent.grant_id)

    def connect(self, grant: Grant, account: str = "a-1", slug: str = "acme") -> Any:
        """A connection of the merchant's that uses the grant."""
        from integration.engine import connect

        settings = {**self.settings, "account": account}
        return connect.connect(
            self.tenant(slug), "little", account, settings, {}, {}, grant
        )

    def http(self, connection: Connection) -> Http:
        """The connection's door, as a worker opens it."""
        from integration.engine.session import Session
        from integration.models import Connection

        http: Http = Session(Connection.everywhere.get(pk=connection.pk)).client
        return http


@pytest.fixture
def little() -> Iterator[Little]:
    """Little on a free port, and known to Weft."""
    with known(), SandboxServer([Identity]) as server:
        yield Little(server)
