"""A whole installation of real processes under load, and somebody who kills them."""

from __future__ import annotations

import random
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from woocommerce import API

from connectors.woocommerce.sandbox import PLATFORM as SHOP
from tests.jobs.merchant import Merchant, wait_for
from tests.jobs.processes import Program, RunWorker, busy, living, strike

# Every figure in seconds. Short, so that all is settled soon after the last kill; but
# the watchdog waits for as long as a slow machine takes to start a cluster.
QUICK = {
    "WEFT_WATCHDOG_SECONDS": "25",
    "WEFT_LEASE_SECONDS": "60",
    "WEFT_ABSENT_SECONDS": "2",
    "WEFT_LADDER_TRANSIENT": ",".join(["2"] * 60),
}
PACE = 0.11
BETWEEN = (1.5, 4.0)
# Ports that no outgoing call and nobody who asks for a free one is given.
PORTS = range(20_000, 32_000)
VICTIMS = {"busy": 35, "idle": 15, "sentinel": 12, "parent": 12, "group": 10, "web": 16}


class Bill(NamedTuple):
    """What a minute of chaos came to."""

    orders: int
    accepted: int
    kills: int
    restarts: int
    lost: int
    doubled: int

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self._asdict().items())


class Town:
    """Sandbox, web server and worker, each a process tree of its own.

    Windows of rate limits are divided by `scale`, on the platforms and here alike.
    """

    def __init__(self, folder: Path, scale: float = 1.0) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            **QUICK,
            "WEFT_PUBLIC_URL": self.address,
            "WEFT_WINDOW_SCALE": str(scale),
        }
        sandbox = free_port()
        command = (sys.executable, "manage.py", "sandbox", "--port", str(sandbox))
        windows = ("--window-scale", str(scale))
        self.sandbox = Program(folder / "sandbox.log", *command, *windows)
        self.merchant = Merchant(f"http://127.0.0.1:{sandbox}")
        wait_for("the sandbox", lambda: answers(sandbox))
        self.web: Program | None = None
        self.worker: RunWorker | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Start the web server and the worker."""
        gunicorn = (sys.executable, "-m", "gunicorn", "integration.wsgi")
        bind = ("--bind", f"127.0.0.1:{self.port}")
        log = self.folder / "web.log"
        self.web = Program(log, *gunicorn, *bind, **self.environment)
        self.worker = RunWorker(self.folder / "worker.log", **self.environment)
        wait_for("the web server", lambda: answers(self.port))
        self.worker.started()

    def close(self) -> None:
        """Leave nothing running."""
        for program in (self.worker, self.web, self.sandbox):
            if program is not None:
                program.end()


class Buyers(threading.Thread):
    """Order through the shop's own API, about nine times a second, until told."""

    def __init__(self, merchant: Merchant, product_ids: list[int]) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.placed = 0
        self._products = product_ids
        self._api = API(
            url=f"{merchant.url}/woocommerce",
            consumer_key=SHOP.credentials["consumer_key"],
            consumer_secret=SHOP.credentials["consumer_secret"],
            version="wc/v3",
            timeout=60,
        )

    def run(self) -> None:
        chance = random.Random(1)
        while not self.ended.wait(PACE):
            line = {"product_id": chance.choice(self._products), "quantity": 1}
            order = {
                "set_paid": True,
                "payment_method": "bacs",
                "billing": {"first_name": "Ann", "email": "ann@example.com"},
                "line_items": [line],
            }
            answer = self._api.post("orders", order)
            assert answer.status_code == 201, answer.text
            self.placed += 1


class Killer:
    """Strikes one process, or one whole group, at a time; counts what lived."""

    def __init__(
        self,
        town: Town,
        seed: int,
        between: tuple[float, float] = BETWEEN,
        victims: Mapping[str, int] = VICTIMS,
    ) -> None:
        self.town = town
        self.victims = victims
        self.between = between
        self.chance = random.Random(seed)
        self.hits: list[str] = []

    def rage(self, seconds: float) -> None:
        """Kill something every few seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self.chance.uniform(*self.between))
            names, weights = zip(*self.victims.items(), strict=True)
            (name,) = self.chance.choices(names, weights)
            if any([strike(pid) for pid in self._chosen(name)]):
                self.hits.append(name)

    def _chosen(self, name: str) -> set[int]:
        worker, web = self.town.worker, self.town.web
        assert worker is not None
        assert web is not None
        if name == "web":
            return (
                set(self.chance.sample(sorted(web.tree()), 1)) if web.tree() else set()
            )
        if name == "group":
            return set(worker.tree())
        if name == "sentinel":
            return {worker.sentinel()} - {0}
        if name == "parent":
            return {worker.parent()} - {0}
        return self._of_the_pool(worker, name)

    def _of_the_pool(self, worker: RunWorker, name: str) -> set[int]:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            at_work = busy(worker)
            rest = worker.pool() - {at_work}
            if name == "busy" and at_work:
                return {at_work}
            if name == "idle" and rest:
                return {min(rest)}
        return set(sorted(worker.pool())[:1])


def free_port() -> int:
    """A port nobody listens on, nor will before it is used."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def none_of(pids: set[int]) -> bool:
    """Whether all of these are gone."""
    return not pids & set(living())
