"""The second merchant's platforms and a web server of Weft's own, to sign in at."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from integration.demo.outside import Sandbox
from integration.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from integration.demo.trade import Trade


@pytest.fixture
def platforms(sandbox: SandboxServer) -> Sandbox:
    """The controls of the platforms, as after a fresh start."""
    return Sandbox(sandbox.url)


@pytest.fixture
def said() -> io.StringIO:
    """What is said on the stage."""
    return io.StringIO()


@pytest.fixture
def trade(
    platforms: Sandbox, said: io.StringIO, live_server: Any, settings: Any
) -> Trade:
    """The second merchant, connected; nobody is at work yet."""
    from integration.demo import trade_cast
    from integration.demo.progress import Teller

    settings.WEFT_PUBLIC_URL = live_server.url
    return trade_cast.cast(Teller(said), platforms)
