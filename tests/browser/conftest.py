"""A real browser in front of the demonstration: Debian's Chromium, as installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.looking import NARROW, WIDE
from tests.browser.stage import Stage, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Nothing is looked up outside this machine.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demonstration, ready to be looked at."""
    with opened(tmp_path_factory.mktemp("demo") / "demo.log") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    # Not before a browser is wanted: other tests need no such package.
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert path, "no Chromium is installed; Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def signed_in(
    browser: Browser, stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The file with the cookies of the owner of both merchants."""
    kept = tmp_path_factory.mktemp("session") / "owner.json"
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{stage.url}/")
    page.get_by_label("E-mail").fill(stage.email)
    page.get_by_label("Password").fill(stage.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
    context.storage_state(path=kept)
    context.close()
    return str(kept)


Opened = Callable[..., Any]


@pytest.fixture
def open_page(browser: Browser, signed_in: str) -> Iterator[Opened]:
    """A new window of the owner's: `open_page(dark=True, narrow=True)`."""
    contexts: list[BrowserContext] = []

    def window(*, dark: bool = False, narrow: bool = False, owner: bool = True) -> Page:
        context = browser.new_context(
            storage_state=signed_in if owner else None,
            color_scheme="dark" if dark else "light",
            viewport=NARROW if narrow else WIDE,
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield window
    for context in contexts:
        context.close()


@pytest.fixture
def pictures() -> Path | None:
    """Where pictures of the pages are kept, for people to look at (WEFT_PICTURES)."""
    folder = os.environ.get("WEFT_PICTURES")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
