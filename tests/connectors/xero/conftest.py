"""The books every test of Xero may use."""

from __future__ import annotations

import pytest

from integration.sandbox.server import SandboxServer
from tests.connectors.xero.books import Books


@pytest.fixture
def books(sandbox: SandboxServer) -> Books:
    """A sandboxed organisation, as after a fresh start, that takes any many calls."""
    return Books(sandbox)
