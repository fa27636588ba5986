"""The calls a month at the cadence routes have, beside the fewest there could be.

    python -m tests.bench.month

One simulated day of a back office and a shop, times thirty. The floor holds a poll each
two hours, one whole read a month, each order once and full batches; what the platforms
declare to be read daily costs more, and stands beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.bench import print_out
from tests.bench.contestants.living import CHANGES, DAY, ORDERS, POLL, PRODUCTS
from tests.bench.measure import run
from tests.bench.servers import Sqlite

DAYS = 30
# Rows of a list in one call, on both platforms; lists of settings a shop has for us.
PAGE, SETTINGS = 100, 3
AIM = 1.1

WHOLE = -(-PRODUCTS // PAGE)
POLLS = DAYS * DAY // POLL

WHY = {
    "crystal products: changes": "its list ends with an empty page: two calls where "
    "something changed",
    "crystal products: whole": "read daily, since what is hidden or sold shows no "
    "time; an empty page ends it",
    "woocommerce products: changes": "no route reads it: a daily look at what people "
    "edited there",
    "woocommerce products: whole": "no route reads it: a daily look for what was "
    "deleted; pages overlap by five",
    "woocommerce orders: told": "told twice, as created and as updated; the second "
    "came after the read",
    "woocommerce settings: read": "read daily; one call more for the shop's clock",
    "woocommerce webhooks: checked": "a daily look whether the shop dropped them",
    "woocommerce stock: written": "what sales moved is found by the daily read, and "
    "sent once a day",
}


class Line(NamedTuple):
    """Calls a month of one purpose; the fewest with one whole read a month, and with
    what the platform declares to be read daily. Tokens are counted apart."""

    platform: str
    purpose: str
    calls: int
    floor: int
    declared: int

    @property
    def why(self) -> str:
        """What the calls above the floor are for; "" where there are hardly any."""
        near = self.calls <= self.floor * AIM
        return "" if near else WHY.get(f"{self.platform} {self.purpose}", "?")


def lived() -> list[Line]:
    """A day of Weft's, on SQLite, as a month; raises where Weft counted other calls."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        Sqlite("month", place).make(weft=True)
        module = "tests.bench.contestants.living"
        printed, _, _ = run([sys.executable, "-m", module, f"{place}/month.sqlite3"])
    told = json.loads(printed.splitlines()[-1])
    for platform, calls in told["calls"].items():
        made, counted = sum(calls.values()), told["counted"][platform]
        if made != counted:
            raise SystemExit(f"{platform} got {made} calls, Weft counted {counted}")
    fewest = _fewest(told)
    return [
        Line(platform, purpose, DAYS * calls, *fewest[f"{platform} {purpose}"])
        for platform, each in told["calls"].items()
        for purpose, calls in sorted(each.items())
    ]


def _fewest(told: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """By line: the floor, and the floor with what is declared to be read daily."""
    polls = POLLS * max(1, -(-CHANGES * POLL // DAY // PAGE))
    written = {kind: DAYS * count for kind, count in told["batches"].items()}
    return {
        "crystal products: changes": (polls, polls),
        "crystal products: whole": (WHOLE, DAYS * WHOLE),
        "crystal order: handed in": (DAYS * ORDERS, DAYS * ORDERS),
        "crystal token": (DAYS * told["tokens"], DAYS * told["tokens"]),
        "woocommerce orders: changes": (POLLS, POLLS),
        "woocommerce orders: told": (DAYS * ORDERS, DAYS * ORDERS),
        "woocommerce products: changes": (0, DAYS),
        "woocommerce products: whole": (0, DAYS * WHOLE),
        "woocommerce settings: read": (SETTINGS, DAYS * SETTINGS),
        "woocommerce webhooks: checked": (0, DAYS),
        "woocommerce price: written": (written["price"], written["price"]),
        "woocommerce product: written": (written["product"], written["product"]),
        # One batch more for each whole read that finds what sales moved.
        "woocommerce stock: written": (written["stock"] + 1, written["stock"] + DAYS),
    }


def tell(lines: Sequence[Line]) -> None:
    """The table, its sums, and whether they come near the fewest."""
    head = ("", "calls", "floor", "ratio", "daily", "ratio")
    print("{:32} {:>7} {:>7} {:>6} {:>7} {:>6}".format(*head))
    for line in lines:
        print(f"{_row(f'{line.platform} {line.purpose}', [line])}  {line.why}".rstrip())
    paid = [line for line in lines if line.purpose != "token"]
    routed = [line for line in paid if line.floor]
    print(_row("all but tokens", paid))
    print("floor: one whole read a month; daily: the lists the platforms declare daily")
    for said, each in (("what routes need", routed), ("everything", paid)):
        calls = sum(line.calls for line in each)
        for name in ("floor", "daily"):
            fewest = _sum(each, name)
            ratio = calls / fewest
            text = f"{said}: calls a month over the {name}, at most {AIM}"
            print_out.aim(text, f"{ratio:.2f}", ratio <= AIM)
    whole = next(x for x in lines if x.purpose == "products: whole").calls / DAYS
    text = "a cover of all products by page: 50 times fewer than one by one"
    print_out.aim(text, f"{PRODUCTS / whole:.0f}", PRODUCTS / whole >= 50)


def _row(name: str, lines: Sequence[Line]) -> str:
    calls = sum(line.calls for line in lines)
    floor, daily = _sum(lines, "floor"), _sum(lines, "daily")
    return (
        f"{name:32} {calls:7,} {floor:7,} {_ratio(calls, floor)} "
        f"{daily:7,} {_ratio(calls, daily)}"
    )


def _sum(lines: Sequence[Line], name: str) -> int:
    return sum(line.floor if name == "floor" else line.declared for line in lines)


def _ratio(calls: int, fewest: int) -> str:
    return f"{calls / fewest:6.2f}" if fewest else f"{'-':>6}"


if __name__ == "__main__":
    tell(lived())
