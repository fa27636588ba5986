"""Writes the golden files anew, on purpose: `python -m tests.contract.golden acme`.

Read the difference before you keep it: every change is one a merchant will see.
"""

from __future__ import annotations

import sys

import msgspec

from integration.contract import registry
from tests.contract.cases import rows, written

_shown = msgspec.json.Encoder(decimal_format="number")


def rewrite(key: str) -> list[str]:
    """Make the golden files of a platform what its maps give now; which changed."""
    connector = registry.connector(key)
    changed = []
    for case in (*rows(connector), *written(connector)):
        text = msgspec.json.format(_shown.encode(case.shown()), indent=2) + b"\n"
        if not case.golden.exists() or case.golden.read_bytes() != text:
            case.golden.write_bytes(text)
            changed.append(case.golden.name)
    return changed


if __name__ == "__main__":
    for platform in sys.argv[1:]:
        for name in rewrite(platform):
            print(f"{platform}: {name}")
