"""The demonstration, started as people start it, for a real browser to look at."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
# Said when both merchants' plays are over and the day goes on.
READY = "The day goes on"
PATIENCE = 400
# No price at all.
SPOILT = -1.25
OWNER = re.compile(r"sign in at (\S+)/ as (\S+) with the password (\S+)")
STAFF = re.compile(r"/admin/ as (\S+), .* each once: (.+)$", re.MULTILINE)
# Of the tests' own environment, which the demonstration must not get.
FOREIGN = re.compile(
    r"DJANGO_|WEFT_|SECRET_KEY|ALLOWED_HOSTS|DATABASE_URL|EMAIL_URL|REDIS_URL|DEBUG"
)


class Stage:
    """Where Weft answers, who may sign in, and what the platforms can be told."""

    def __init__(self, told: str) -> None:
        owner, staff = OWNER.search(told), STAFF.search(told)
        assert owner is not None, told
        assert staff is not None, told
        self.url, self.email, self.password = owner.groups()
        self.staff, self.codes = staff[1], staff[2].split()
        place = ROOT / ".demo"
        self.mail = place / "mail"
        self.sandboxes = [
            f"http://127.0.0.1:{port}" for port in _ports(place / "ports")
        ]

    def at(self, path: str, tenant: str = "demo") -> str:
        """The address of a page of a merchant's."""
        return f"{self.url}/t/{tenant}/{path}"

    def tell(self, platform: str, what: str, second: bool = False, **said: Any) -> Any:
        """Do something on a platform's side, such as changing a price there."""
        root = self.sandboxes[second]
        return _done(
            requests.post(f"{root}/_control/{platform}/{what}", json=said, timeout=60)
        )

    def told(self, second: bool = False) -> Any:
        """Address and keys of each platform."""
        return _done(requests.get(f"{self.sandboxes[second]}/_control/", timeout=60))

    def ledger(self, platform: str, second: bool = False) -> Any:
        """All a platform holds."""
        root = self.sandboxes[second]
        return _done(requests.get(f"{root}/_control/{platform}/ledger", timeout=60))

    def buy(self) -> str:
        """Somebody buys in the second shop what somebody bought before; the number."""
        before = self.ledger("woocommerce", second=True)["orders"][-1]
        lines = [
            {name: line[name] for name in ("product_id", "variation_id", "quantity")}
            for line in before["line_items"]
        ]
        paid = {"set_paid": True, "payment_method": "bacs"}
        body = {**paid, "billing": before["billing"], "line_items": lines}
        bought = self.tell("woocommerce", "order", second=True, **body)
        return str(bought["number"])

    def sold(self, count: int) -> dict[str, float]:
        """The prices of so many of Crystal's products that the shop has too, by id."""
        shop = {row["sku"] for row in self.ledger("woocommerce")["products"]}
        rows = (row for row in self.ledger("crystal")["products"] if row["id"] in shop)
        return {row["id"]: row["price"] for row in islice(rows, count)}

    def spoil(self, count: int) -> dict[str, float]:
        """So many of Crystal's products get a price below zero there; the prices they
        had, by id."""
        had = self.sold(count)
        for product in had:
            self.tell("crystal", "product", id=product, price=SPOILT)
        return had

    def mend(self, prices: dict[str, float]) -> None:
        """The prices are as they were. Crystal does not tell that they changed, so that
        no look at what changed finds them first."""
        for product, price in prices.items():
            self.tell("crystal", "product", id=product, price=price, touch=False)

    def letter(self, to: str, holding: str) -> str:
        """The first address in the last mail to somebody that holds these words."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for file in sorted(self.mail.glob("*.log"), reverse=True):
                text = file.read_text()
                found = re.search(rf"http\S+{holding}\S+", text)
                if f"To: {to}" in text and found:
                    return found[0]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to}")


def _done(answer: requests.Response) -> Any:
    answer.raise_for_status()
    return answer.json()


def _ports(listed: Path) -> list[int]:
    """The ports of both merchants' platforms."""
    return [int(port) for port in listed.read_text().split()]


@contextmanager
def opened(log: Path) -> Iterator[Stage]:
    """The demonstration until nobody looks any more; ready when its play is over.

    Where WEFT_STAGE names what a running demonstration said, it is that one, and it
    goes on afterwards: for whoever writes such tests and does not want to wait.
    """
    running = os.environ.get("WEFT_STAGE")
    if running:
        yield Stage(Path(running).read_text())
        return
    environment = {
        name: value for name, value in os.environ.items() if not FOREIGN.match(name)
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Stage(_until_ready(process, log))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """What it said until then."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        told = log.read_text(errors="replace")
        if READY in told:
            return told
        assert process.poll() is None, told
        time.sleep(0.5)
    raise AssertionError(f"the demonstration is not ready: {log.read_text()[-2000:]}")
