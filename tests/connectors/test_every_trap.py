"""Every trap a platform is known for has a test that bears its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# How many traps each platform's documentation and shops have taught us.
TRAPS = {"crystal": 15, "galaxy": 15, "woocommerce": 15, "xero": 16}
NAME = re.compile(r"^def test_trap_(\d+)_\w+\(", re.MULTILINE)


@pytest.mark.parametrize("platform", TRAPS)
def test_no_trap_is_without_a_test(platform: str) -> None:
    texts = [path.read_text() for path in (HERE / platform).glob("test_traps*.py")]
    tested = {int(number) for text in texts for number in NAME.findall(text)}
    assert tested == set(range(1, TRAPS[platform] + 1))
