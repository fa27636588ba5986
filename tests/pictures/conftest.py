"""Galaxy, and a platform of pictures alone, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from integration.contract import registry
from integration.contract.connector import Connector
from integration.contract.messages import Picture
from integration.http.auth import NoAuth
from integration.sandbox.server import SandboxServer
from tests.depot_and_shop import Depot
from tests.road import Road, clock, road

if TYPE_CHECKING:
    from integration.models import Tenant

__all__ = ["clock", "road"]


@pytest.fixture
def depot(road: Road, sandbox: SandboxServer) -> Depot:
    """A Galaxy installation and a shop, nobody connected to them yet."""
    return Depot(road, sandbox)


@pytest.fixture
def tenant(db: None) -> Tenant:
    from integration.models import Tenant

    return Tenant.objects.create(slug="acme", name="Acme", email="a@example.com")


@pytest.fixture
def album() -> Iterator[dict[str, bytes]]:
    """A platform that hands out these bytes by their id, and calls all of them PNG."""
    held: dict[str, bytes] = {}
    registry.connectors()["album"] = Connector(
        key="album",
        label="Album",
        fields=(),
        account=lambda settings: "album",
        base_url=lambda settings: "https://album.example.com",
        auth=lambda settings, secrets: NoAuth(),
        client=lambda settings, http: http,
        probe=lambda client: iter(()),
        picture=lambda client, name: _picture(held[name]),
    )
    yield held
    del registry.connectors()["album"]


def _picture(body: Any) -> Picture:
    return Picture(body, "image/png")
