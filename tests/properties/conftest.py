"""Nothing waits for long where only the order of events is in question."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def quick(settings: Any) -> None:
    """Ladders at once, unknown outcomes looked up at once, any share may vanish."""
    settings.WEFT_LADDER_TRANSIENT = [0] * 12
    settings.WEFT_LADDER_SALE = [0] * 3
    settings.WEFT_ABSENT_SECONDS = 0
    settings.WEFT_SAFETY_SHARE = 1.0
