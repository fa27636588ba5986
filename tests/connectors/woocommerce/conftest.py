"""The sandboxed shop, and the vendor's own client to call it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from woocommerce import API

from connectors.woocommerce.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A server with nothing but an empty shop."""
    with SandboxServer([PLATFORM]) as running:
        yield running


@pytest.fixture
def api(server: SandboxServer) -> API:
    """The vendor's client, with the shop's key."""
    key = PLATFORM.credentials
    return API(
        f"{server.url}/woocommerce",
        key["consumer_key"],
        key["consumer_secret"],
        timeout=60,
    )
