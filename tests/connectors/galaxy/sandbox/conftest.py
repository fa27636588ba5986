"""A sandboxed Galaxy as it is at the start, with a caller who is signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.galaxy.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer
from tests.connectors.galaxy.sandbox.caller import Caller


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer([PLATFORM]) as running:
        yield running


@pytest.fixture
def stranger(server: SandboxServer) -> Caller:
    """A caller who has not signed in."""
    caller = Caller(server)
    caller.control("reset")
    return caller


@pytest.fixture
def galaxy(stranger: Caller) -> Caller:
    stranger.login().raise_for_status()
    return stranger
