"""The road between the two sandboxed platforms, for the tests of this folder, and a
back office whose things are made of parts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.contract import registry
from tests.engine.depot import Depot
from tests.little import little
from tests.road import clock, road

__all__ = ["clock", "depot", "little", "road"]


@pytest.fixture
def depot() -> Iterator[Depot]:
    """A depot, declared among the platforms while the test lasts."""
    made = Depot()
    registry.connectors()["depot"] = made.connector()
    yield made
    del registry.connectors()["depot"]
