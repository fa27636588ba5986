"""What the tests of the Xero sandbox stand on: a fresh one, and a caller."""

from collections.abc import Iterator

import pytest
import requests

from connectors.xero.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer
from tests.connectors.xero.sandbox.caller import Caller


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer([PLATFORM]) as running:
        yield running


@pytest.fixture
def fresh(server: SandboxServer) -> SandboxServer:
    """The sandbox as after a fresh start."""
    requests.post(f"{server.url}/_control/xero/reset", timeout=60)
    return server


@pytest.fixture
def xero(fresh: SandboxServer) -> Caller:
    """A connected app, with room for as many calls as a test makes."""
    caller = Caller(fresh)
    caller.control("set_settings", minute_limit=10_000, latency=0)
    return caller
