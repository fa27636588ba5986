"""The sandbox behind the promises that take calls."""

from __future__ import annotations

import pytest

from integration.contract.connector import Connector
from integration.sandbox.server import SandboxServer
from tests.contract.world import World


@pytest.fixture
def world(connector: Connector, sandbox: SandboxServer) -> World:
    """The platform a test is about, as after a fresh start."""
    return World(connector, sandbox)
