"""Every page is open to everybody: axe clean, light and dark, nothing logged, narrow.

Which pages there are is found by following the links, one of each kind, so that a new
page that anything leads to is looked at by itself.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.looking import Overheard, look, name_of

pytestmark = pytest.mark.browser

# Where links lead, and buttons that ask and change nothing, with one thing chosen.
LINKS = """() => {
  const found = [...document.querySelectorAll("a[href]")].map((each) => each.href);
  for (const form of document.querySelectorAll("form:not([role=search])")) {
    const box = form.querySelector("[data-choose]");
    if (box) box.checked = true;
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      if ((button.getAttribute("formmethod") || form.method) !== "get") continue;
      const url = new URL(button.formAction);
      url.search = new URLSearchParams(new FormData(form, button));
      found.push(url.href);
    }
    if (box) box.checked = false;
  }
  return found.map((each) => each.split("#")[0]);
}"""
# Files to keep, and pages that others made.
FILES = ("-csv", "-export", "-findings")
FOREIGN = ("api-", "admin")
# Addresses that are worth nothing, and what their pages are called.
NOWHERE = {
    "/account/invitation/nothing/": "invitation-over",
    "/account/password/reset/key/1-nothing/": "password-reset-over",
    "/account/confirm-email/nothing/": "email-confirm-over",
    "/account/password/reset/done/": "password-reset-done",
    "/mute/nothing/": "mute-over",
    "/nothing/": "not-found",
}
FEWEST = 60


def test_every_page_that_a_link_leads_to_is_open_to_everybody(
    stage: Any, open_page: Any, pictures: Path | None
) -> None:
    """From both merchants' homes and the person's account onwards."""
    walk = Walk(open_page(), stage.url, stage.password, pictures)
    walk.on([stage.at("", "second"), stage.at("")])
    assert not walk.wrong, "\n".join(walk.wrong)
    assert len(walk.looked) >= FEWEST, sorted(walk.looked)


def test_the_pages_around_signing_in_are_open_to_everybody(
    stage: Any, open_page: Any, pictures: Path | None
) -> None:
    """Those of strangers, what leads nowhere, and the staff's two steps."""
    page = open_page(owner=False)
    walk = Walk(page, stage.url, stage.password, pictures)
    walk.on([f"{stage.url}/account/login/"])
    for path, name in NOWHERE.items():
        walk.at(stage.url + path, name)
    page.goto(f"{stage.url}/admin/")
    page.get_by_label("E-mail").fill(stage.staff)
    page.get_by_label("Password").fill(stage.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/authenticate/**")
    walk.look("staff-second-factor")
    page.get_by_label("Code").first.fill(stage.codes.pop())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/")
    walk.on([f"{stage.url}/account/two-factor/"])
    assert not walk.wrong, "\n".join(walk.wrong)


class Walk:
    """From page to page, one of each kind; what is wrong with them."""

    def __init__(
        self, page: Any, root: str, password: str, pictures: Path | None
    ) -> None:
        self.page, self.root = page, root
        self.password, self.pictures = password, pictures
        self.heard = Overheard(page)
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.looked: set[str] = set()

    def on(self, begin: list[str]) -> None:
        """From these on, wherever links lead."""
        queue = deque((url, "the start") for url in begin)
        while queue:
            url, whence = queue.popleft()
            name = name_of(urlsplit(url).path)
            if name in self.seen or name.endswith(FILES) or name.startswith(FOREIGN):
                continue
            self.seen.add(name)
            status = self.page.goto(url).status
            if status >= 400:
                self.wrong.append(f"{name}: {status} at {url}, linked on {whence}")
            self._here()
            found = [(each, name) for each in self.page.evaluate(LINKS)]
            queue += [each for each in found if each[0].startswith(f"{self.root}/")]

    def at(self, url: str, name: str) -> None:
        """At an address that is said to be wrong, with a page that says so."""
        assert self.page.goto(url).status in (200, 404), url
        self.heard.taken()
        self.look(name)

    def _here(self) -> None:
        """At the page that was come to; where it asks who one is, that is said."""
        name = name_of(urlsplit(self.page.url).path)
        if name not in self.looked:
            self.look(name)
        if name == "account-reauthenticate":
            self.page.get_by_label("Password").fill(self.password)
            self.page.get_by_role("button", name="Confirm", exact=True).click()
            self.page.wait_for_url(lambda url: "/reauthenticate/" not in url)
            self._here()

    def look(self, name: str) -> None:
        """At the page that is open."""
        self.looked.add(name)
        self.wrong += look(self.page, name, self.pictures)
        self.wrong += [f"{name}: {each}" for each in self.heard.taken()]
