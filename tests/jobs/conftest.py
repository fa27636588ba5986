"""A merchant on two sandboxes, and `runworker` as a real process for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from integration.models import Connection
    from tests.jobs.merchant import Merchant
    from tests.jobs.processes import RunWorker

# Short, so that what a dead worker left behind is taken up within the test; but no
# shorter than a slow machine takes to start a cluster, which would be taken for dead.
QUICK = {
    "WEFT_WATCHDOG_SECONDS": "25",
    "WEFT_LEASE_SECONDS": "60",
    "WEFT_ABSENT_SECONDS": "2",
}


@pytest.fixture
def merchant(sandbox: SandboxServer, transactional_db: None) -> Merchant:
    """Five products in Crystal, none in the shop yet."""
    from tests.jobs.merchant import Merchant

    found = Merchant(sandbox.url)
    found.stock_up(5)
    found.look_up(True)
    return found


@pytest.fixture
def connections(merchant: Merchant) -> tuple[Connection, Connection]:
    """Crystal and the shop, connected."""
    from tests.jobs.merchant import connect

    return connect(merchant.url)


@pytest.fixture
def worker(merchant: Merchant, tmp_path: Path) -> Iterator[RunWorker]:
    """A running `manage.py runworker` on the test's database."""
    from tests.jobs.processes import running

    yield from running(tmp_path / "worker.log", QUICK)
