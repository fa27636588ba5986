"""Four journeys of a merchant: the books, a webhook, the calls, a colleague."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.hands import Hand
from tests.browser.stage import Stage
from tests.browser.steps import PAUSE, SOON, headed, number, sees

# Accounts that goods may be booked on; the demonstration's own pairs are among them.
ACCOUNTS = ("200", "260", "270")
PASSWORD = "a long sentence that nobody guesses"


def mend_pair(hand: Hand, stage: Stage) -> None:
    """An invoice that waits for an account goes as soon as another one is chosen."""
    hand.go("Routes")
    hand.press("link", re.compile("^Orders"), row="as Invoices")
    hand.press("link", re.compile("^Pairs"))
    hand.page.wait_for_url("**/pairs/")
    field = hand.page.get_by_label("goods")
    archived = field.input_value()
    other = next(code for code in ACCOUNTS if code != archived)
    books = {"second": True, "organisation": "GB"}
    stage.tell("xero", "restore_account", code=other, **books)
    stage.tell("xero", "archive_account", code=archived, **books)
    order = stage.buy()
    _order(hand, order, f"Account code '{archived}' has been archived")
    hand.press("link", "All like this")
    hand.press("link", re.compile("pair|Pair"))
    hand.page.wait_for_url("**/pairs/**")
    hand.choose("goods", other)
    hand.press("button", "Save")
    sees(hand, re.compile(r"^Saved\."))
    _order(hand, order, re.compile("^Posted$"))


def _order(hand: Hand, order: str, says: str | re.Pattern[str]) -> None:
    """Its page, as soon as it says so."""
    for _ in range(SOON // PAUSE):
        hand.search(order)
        hand.page.wait_for_timeout(PAUSE)
        if hand.page.locator("main").get_by_text(says).count():
            return headed(hand, f"Order {order}")
    raise AssertionError(f"order {order} never says {says}")


def replay(hand: Hand) -> None:
    """What a call told of is read anew."""
    hand.go("Webhooks")
    hand.choose("Result", "processed")
    hand.press("button", "Show")
    hand.page.wait_for_url("**result=processed**")
    hand.press("button", re.compile("^Replay"))
    sees(hand, "The platform is read anew")
    hand.page.wait_for_url(re.compile(r"/webhooks/\d+/"))


def budget(hand: Hand, connection: str) -> None:
    """The windows, the chart and its numbers, and what they come to."""
    hand.go("API budget")
    hand.press("link", connection)
    hand.page.wait_for_url("**connection=**")
    headed(hand, re.compile("^In "))
    assert hand.page.locator(".figure progress").count() >= 2
    hand.page.locator("[data-hours] canvas").wait_for()
    hand.unfold("The same numbers as a table")
    table = hand.page.get_by_role("table", name="Calls per hour by route")
    table.wait_for()
    for row in table.locator("tbody tr").all():
        whole, *parts = (
            number(f"0{cell}") for cell in row.locator("td").all_inner_texts()
        )
        assert whole == sum(parts)
    sees(hand, re.compile("At the pace of now"))


def invite(hand: Hand, email: str) -> None:
    """A colleague gets a letter."""
    hand.go("Settings")
    hand.press("link", "Team")
    hand.write("E-mail", email)
    hand.choose("Role", "viewer")
    hand.press("button", "Send the invitation")
    sees(hand, f"An invitation is on its way to {email}.")


def join(hand: Hand) -> None:
    """The colleague followed the link of the letter."""
    hand.write("Your name", "Kim Looker")
    hand.write("Password", PASSWORD)
    hand.press("button", "Join")
    sees(hand, "Welcome")


def only_look(hand: Hand, stage: Stage) -> None:
    """No button is there that changes anything, and what is sent anyway is refused."""
    for section, gone in (
        ("Items", "Sync now …"),
        ("Errors", "Try all of these again"),
        ("Runs", "Start a run"),
        ("Connections", "Connect a platform"),
        ("Webhooks", "Replay"),
        ("Routes", "Add a route"),
    ):
        hand.go(section)
        headed(hand, section)
        assert not hand.page.get_by_text(gone).count(), section
    assert not hand.page.locator("main form[method=post]").count()
    for path in ("runs/start/?connection=1&what=full", "errors/retry/", "settings/"):
        assert forced(hand.page, stage.at(path)) == 403, path


def forced(page: Any, url: str) -> int:
    """The status of a form sent without a button for it."""
    return page.evaluate(
        """async (url) => {
          const headers = JSON.parse(document.body.getAttribute("hx-headers"));
          return (await fetch(url, {method: "POST", headers})).status;
        }""",
        url,
    )
