"""Every page is open to everybody: axe clean, light and dark, nothing logged, narrow.

Which pages there are is found by following the links, one of each kind, so that a new
page that anything leads to is looked at by itself.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

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
# Files to keep, and what others made.
FOREIGN = ("-csv", "-export", "-findings", "api-")
FEWEST = 60


def test_every_page_that_a_link_leads_to_is_open_to_everybody(
    stage: Any, open_page: Any, pictures: Path | None
) -> None:
    """From both merchants' homes and the person's account onwards."""
    page = open_page()
    heard, wrong = Overheard(page), []
    seen: set[str] = set()
    looked: set[str] = set()
    queue = deque([(stage.at("", "second"), "Home"), (stage.at(""), "Home")])
    while queue:
        url, whence = queue.popleft()
        name = name_of(urlsplit(url).path)
        if name in seen or name.endswith(FOREIGN) or name.startswith(FOREIGN):
            continue
        seen.add(name)
        answer = page.goto(url)
        name = name_of(urlsplit(page.url).path)
        if answer.status >= 400:
            wrong.append(f"{name}: {answer.status} at {url}, linked on {whence}")
        if name in looked:
            continue
        looked.add(name)
        wrong += look(page, name, pictures)
        wrong += [f"{name}: {each}" for each in heard.taken()]
        found = (urljoin(url, each) for each in page.evaluate(LINKS))
        queue += [(each, name) for each in found if each.startswith(f"{stage.url}/")]
    print(len(looked), sorted(looked), sorted(seen-looked))
    assert not wrong, "\n".join(wrong)
    assert len(looked) >= FEWEST, sorted(looked)
