"""What every journey needs on its way: to see what a page says, and to wait for it."""

from __future__ import annotations

import re

from tests.browser.hands import Hand

# Milliseconds for what a worker does meanwhile.
SOON, LONG, PAUSE = 60_000, 150_000, 500


def sees(hand: Hand, text: str | re.Pattern[str], within: int = SOON) -> None:
    """Wait until the page says so."""
    main = hand.page.locator("main")
    main.get_by_text(text).locator("visible=true").first.wait_for(timeout=within)


def headed(hand: Hand, title: str | re.Pattern[str], within: int = SOON) -> None:
    """Wait for the page with this heading."""
    found = hand.page.locator("main").get_by_role("heading", name=title)
    found.first.wait_for(timeout=within)


def number(text: str) -> int:
    """A number as it is shown."""
    return int(re.sub(r"\D", "", text))
