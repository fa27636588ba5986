"""What the Crystal tests stand on: a sandboxed Crystal, a product, an order."""

from __future__ import annotations

from typing import Any

import pytest

from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.http.body import parse
from integration.sandbox.server import SandboxServer
from tests.connectors.crystal.connected import FIXTURES, Crystal


@pytest.fixture
def connected(sandbox: SandboxServer) -> Crystal:
    return Crystal(sandbox)


@pytest.fixture
def row() -> Any:
    return parse((FIXTURES / "product__full.raw.json").read_bytes())


@pytest.fixture
def paid_order() -> Order:
    found = decode(Kind.ORDER, (FIXTURES / "order__paid.canonical.json").read_bytes())
    assert isinstance(found, Order)
    return found
