"""What is asked of every page: axe finds nothing, nothing is wider than a phone.

Pictures of it are kept for people where WEFT_PICTURES names a folder.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

RULES = (
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
THEMES = ("light", "dark")
# What is wider than the window, in words.
STICKS_OUT = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return "";
  const wide = [...document.querySelectorAll("main *, header *")]
    .filter((each) => each.getBoundingClientRect().right > most + 1)
    .filter((each) => !each.closest(".table-responsive, .scrolls, pre"));
  const last = wide[wide.length - 1];
  return last ? last.outerHTML.slice(0, 120) : "something";
}"""
# An id in an address: what differs between pages of one kind.
ID = re.compile(r"\d+|[0-9a-f-]{32,36}|[0-9a-f]{16,}")


@cache
def axe() -> str:
    """The script that looks for what keeps people out."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text()


class Overheard:
    """What a page logs and what its policy forbids, from now on."""

    def __init__(self, page: Any) -> None:
        self.errors: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text}")

    def taken(self) -> list[str]:
        """What was heard since the last time."""
        heard, self.errors[:] = list(self.errors), []
        return heard


def look(page: Any, name: str, pictures: Path | None = None) -> list[str]:
    """All that is wrong with the page that is open, in both themes and narrow."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [f"{name}, {theme}: {each}" for each in violations(page)]
        _keep(page, pictures, f"{name}-{theme}")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(NARROW)
    sticks_out = page.evaluate(STICKS_OUT)
    if sticks_out:
        # A chart draws itself anew a moment after the window has another size.
        page.wait_for_timeout(500)
        sticks_out = page.evaluate(STICKS_OUT)
    if sticks_out:
        found.append(f"{name}: wider than a phone: {sticks_out}")
    _keep(page, pictures, f"{name}-phone")
    page.set_viewport_size(WIDE)
    return found


def violations(page: Any) -> list[str]:
    """What axe says is wrong, a line for each rule and its first element."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(axe())
    told = page.evaluate(
        "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})",
        list(RULES),
    )
    return [
        f"{rule['id']} ({len(rule['nodes'])}): {rule['nodes'][0]['html'][:160]} "
        f"{' '.join(rule['nodes'][0]['failureSummary'].split())[:200]}"
        for rule in told["violations"]
    ]


def name_of(path: str) -> str:
    """What pages of this kind are called: no merchant, no ids."""
    parts = [part for part in path.strip("/").split("/") if part]
    if parts[:1] == ["t"]:
        parts = parts[2:] or ["home"]
    named = ["one" if ID.fullmatch(part) else part for part in parts]
    return "-".join(named) or "merchants"


def _keep(page: Any, pictures: Path | None, name: str) -> None:
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
