"""What the Galaxy tests stand on: a sandboxed installation, a sale."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.sandbox.server import SandboxServer
from tests.connectors.galaxy.connected import Galaxy

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def galaxy(sandbox: SandboxServer) -> Galaxy:
    return Galaxy(sandbox)


@pytest.fixture
def sale() -> Order:
    found = decode(Kind.ORDER, (FIXTURES / "order__guest.canonical.json").read_bytes())
    assert isinstance(found, Order)
    return found
