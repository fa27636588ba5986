"""Two ways to use a page: with a mouse, and with the keys alone."""

from __future__ import annotations

import re
from typing import Any, Protocol

# More stops than any page of a merchant's has between two things.
MOST_STOPS = 400
# What the eye is on, or its group of radio buttons, of which one alone is a stop.
AT = """(wanted) => {
  const here = document.activeElement;
  return here === wanted || here.type === "radio" && here.name === wanted.name;
}"""


class Hand(Protocol):
    """What a person does on a page."""

    page: Any

    def press(self, role: str, name: str | re.Pattern[str], row: str = "") -> None:
        """A link or a button, the first of that name; in the row that says `row`."""

    def write(self, label: str, text: str) -> None:
        """Into a field, in place of what it holds."""

    def choose(self, label: str, value: str) -> None:
        """One of a list."""

    def tick(self, label: str | re.Pattern[str]) -> None:
        """A box, or one of several."""

    def unfold(self, summary: str) -> None:
        """What is folded below these words."""

    def go(self, title: str) -> None:
        """To a section of the menu."""

    def search(self, term: str) -> None:
        """For something, from any page."""


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, role: str, name: str | re.Pattern[str], row: str = "") -> None:
        """Click it."""
        _thing(self.page, role, name, row).click()

    def write(self, label: str, text: str) -> None:
        """Fill it."""
        _field(self.page, label).fill(text)

    def choose(self, label: str, value: str) -> None:
        """Choose it."""
        _field(self.page, label).select_option(value)

    def tick(self, label: str | re.Pattern[str]) -> None:
        """Tick it."""
        _field(self.page, label).check()

    def unfold(self, summary: str) -> None:
        """Click the words."""
        _folded(self.page, summary).click()

    def go(self, title: str) -> None:
        """Click it in the menu."""
        menu = self.page.get_by_role("navigation", name="Main")
        menu.get_by_role("link", name=_begins(title)).first.click()

    def search(self, term: str) -> None:
        """Type it above the page."""
        box = self.page.locator("[data-search]")
        box.fill(term)
        box.press("Enter")


class Keys:
    """Tab, Enter, Space, arrows, and the shortcuts; no mouse is plugged in."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, role: str, name: str | re.Pattern[str], row: str = "") -> None:
        """Tab to it and press Enter."""
        self._reach(_thing(self.page, role, name, row))
        self._type("Enter")

    def write(self, label: str, text: str) -> None:
        """Tab to it, and type over what it holds."""
        self._reach(_field(self.page, label))
        self._type("Control+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, value: str) -> None:
        """Tab to it, and go down its list."""
        field = _field(self.page, label)
        self._reach(field)
        self._type("Home")
        for _ in range(MOST_STOPS):
            if field.input_value() == value:
                return
            self._type("ArrowDown")
        raise AssertionError(f"{label} does not offer {value}")

    def tick(self, label: str | re.Pattern[str]) -> None:
        """Tab to it, and press Space, or the arrow down to the one that is meant."""
        field = _field(self.page, label)
        self._reach(field)
        radio = field.get_attribute("type") == "radio"
        for _ in range(MOST_STOPS):
            if field.is_checked():
                return
            self._type("ArrowDown" if radio else "Space")
        raise AssertionError(f"{label} cannot be ticked")

    def unfold(self, summary: str) -> None:
        """Tab to the words and press Enter."""
        self._reach(_folded(self.page, summary))
        self._type("Enter")

    def go(self, title: str) -> None:
        """By `g` and the letter of the section."""
        menu = self.page.get_by_role("navigation", name="Main")
        letter = menu.get_by_role("link", name=_begins(title)).get_attribute("data-go")
        self.page.wait_for_load_state()
        self._type("g")
        self._type(letter)

    def search(self, term: str) -> None:
        """By `/`."""
        self.page.wait_for_load_state()
        self._type("/")
        self.page.keyboard.type(term)
        self._type("Enter")

    def shortcut(self, key: str) -> None:
        """A single key that stands for a button."""
        self.page.wait_for_load_state()
        self.page.locator(f"[data-key={key}]").wait_for()
        self._type(key)

    def _reach(self, target: Any) -> None:
        """Tab until it is where the eye is, and can be seen to be."""
        target.wait_for()
        for _ in range(MOST_STOPS):
            if target.evaluate(AT):
                return
            self._type("Tab")
        raise AssertionError(f"no Tab leads to {target}")

    def _type(self, key: str) -> None:
        self.page.keyboard.press(key)


def _thing(page: Any, role: str, name: str | re.Pattern[str], row: str) -> Any:
    place = page.get_by_role("row").filter(has_text=row) if row else page
    return place.get_by_role(role, name=name, exact=isinstance(name, str)).first


def _field(page: Any, label: str | re.Pattern[str]) -> Any:
    """A field by what its label begins with: “(optional)” may follow."""
    if isinstance(label, str):
        label = _begins(label)
    return page.locator("main").get_by_label(label).first


def _folded(page: Any, summary: str) -> Any:
    return page.locator("main summary").filter(has_text=summary).first


def _begins(words: str) -> re.Pattern[str]:
    """With these words, whatever follows: a count, or “(optional)”."""
    return re.compile(rf"^\s*{re.escape(words)}(\s|$)")
