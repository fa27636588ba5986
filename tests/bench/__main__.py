"""Runs the parts of the benchmark, or those that ONLY names, and prints as it goes.

make bench
make bench ONLY=postgres,hooks
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import month, pages, print_out, pull, push, verdicts
from tests.bench.hooks import __main__ as hooks
from tests.bench.servers import forget_template

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


def main() -> None:
    """Every part in turn."""
    server = os.environ.get("WEFT_BENCH_POSTGRES", SERVER)
    wanted = [part for part in os.environ.get("ONLY", "").split(",") if part]
    parts: dict[str, Callable[[str], None]] = {
        "postgres": _postgres,
        "sqlite": _sqlite,
        "push": _push,
        "hooks": _hooks,
        "month": _month,
        "pages": _pages,
    }
    unknown = set(wanted) - set(parts)
    if unknown:
        sys.exit(f"ONLY knows {', '.join(parts)}; not {', '.join(sorted(unknown))}.")
    begun = time.monotonic()
    print(f"{_machine()}, {datetime.now(UTC):%Y-%m-%d}", flush=True)
    forget_template(server)
    try:
        for name, part in parts.items():
            if not wanted or name in wanted:
                part(server)
    finally:
        forget_template(server)
    print(f"\n{(time.monotonic() - begun) / 60:.1f} minutes in all", flush=True)


def _postgres(server: str) -> None:
    print_out.title("Pulling products on PostgreSQL")
    found = pull.on_postgres(server)
    verdicts.on_postgres(found)
    print_out.title("Pulling a hundred thousand on PostgreSQL")
    verdicts.growth(found | pull.large(server))


def _sqlite(server: str) -> None:
    print_out.title("Pulling products on SQLite")
    verdicts.on_sqlite(pull.on_sqlite())


def _push(server: str) -> None:
    print_out.title("Pushing a thousand changed products")
    push.tell(push.pushed(server))


def _hooks(server: str) -> None:
    print_out.title("Taking webhooks in")
    hooks.main(server)


def _month(server: str) -> None:
    print_out.title("Calls a month, against the fewest there could be")
    month.tell(month.lived())


def _pages(server: str) -> None:
    print_out.title("Pages of a large store on PostgreSQL")
    pages.tell(pages.asked(server))


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in _lines(Path("/proc/cpuinfo"))
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}"


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
