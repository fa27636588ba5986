"""Six journeys of a merchant: a platform, an item, errors and runs, step by step."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.hands import Hand
from tests.browser.stage import Stage
from tests.browser.steps import LONG, PAUSE, SOON, headed, number, sees


def confirm(hand: Hand, stage: Stage) -> None:
    """Say once more who one is, where that is asked for."""
    if "/reauthenticate/" in hand.page.url:
        hand.write("Password", stage.password)
        hand.press("button", "Confirm")
        hand.page.wait_for_url("**/t/**")


def connect(
    hand: Hand, stage: Stage, label: str, answers: dict[str, str], data: str = ""
) -> None:
    """From the choice of a platform to its first sync; `data` is wanted besides what
    the wizard proposes, is read before, and only linked."""
    hand.go("Connections")
    hand.press("link", "Connect a platform")
    hand.press("link", f"Connect {label}")
    hand.page.wait_for_url(re.compile(r"/new/\w+/|/reauthenticate/"))
    confirm(hand, stage)
    hand.page.wait_for_url(re.compile(r"/new/\w+/"))
    for name, text in answers.items():
        if text:
            hand.write(name, text)
        elif name.startswith("More"):
            hand.unfold(name)
        else:
            hand.tick(name)
    hand.press("button", "Next")
    hand.page.wait_for_url(re.compile(r"/new/\d+/"), timeout=SOON)
    if "/account/" in hand.page.url:
        hand.tick(re.compile(answers["Web Scenario"]))
        hand.press("button", "Next")
    hand.press("button", "Test now")
    hand.press("link", "Next: choose data")
    headed(hand, re.compile("^Connect "))
    if data:
        hand.tick(data)
    hand.press("button", "Next: pre-flight")
    if data:
        hand.press("button", "Read now, write nothing")
        headed(hand, "What was read", LONG)
    hand.press("link", "Next: first sync")
    sees(hand, "How to begin")
    if data:
        hand.tick("Link only, change nothing")
    hand.press("button", "Start")
    headed(hand, "It runs")
    hand.press("link", "Open the connection")
    headed(hand, re.compile(label))
    assert not hand.page.get_by_text("Being set up").count()


def find(hand: Hand, stage: Stage, price: str) -> None:
    """A price that somebody changed in the shop by hand: the item is found by its SKU,
    and says why it differs."""
    rows = stage.ledger("woocommerce", second=True)["products"]
    sku = next(row["sku"] for row in rows if row["sku"] and row["type"] == "simple")
    changes = {"regular_price": price}
    stage.tell("woocommerce", "edit", second=True, sku=sku, changes=changes)
    hand.search(sku)
    hand.page.wait_for_url(re.compile(r"/items/[0-9a-f-]{36}/"))
    headed(hand, re.compile(re.escape(sku)))
    # The shop tells nobody of such a change: it is seen when its product is read.
    hand.press("button", re.compile("^Sync now"))
    sees(hand, re.compile("differs: .+ says .+, .+ says "))
    marked = hand.page.locator("td.differs").filter(has_text=price)
    marked.wait_for(timeout=SOON)


def sync_now(hand: Hand, stage: Stage, price: str, start: Any) -> None:
    """A price that Weft has not heard of is in the shop after one click; `start`
    presses the button."""
    product = next(iter(stage.sold(1)))
    hand.search(product)
    hand.page.wait_for_url(re.compile(r"/items/[0-9a-f-]{36}/"))
    stage.tell("crystal", "product", id=product, price=float(price))
    start()
    sees(hand, re.compile("^In step$"))
    sold = hand.page.locator("main tr").filter(has_text="Price").locator("td")
    shown = sold.filter(has_text=price)
    shown.nth(1).wait_for(timeout=SOON)
    rows = stage.ledger("woocommerce")["products"]
    assert [row["price"] for row in rows if row["sku"] == product] == [price]


def resolve(hand: Hand) -> None:
    """A person calls a whole group solved, and it is no more among the open ones."""
    hand.go("Errors")
    headed(hand, "Errors")
    group = hand.page.locator("section[data-line] h2 a").first.get_attribute("href")
    before = _items(hand, group)
    hand.press("link", re.compile("^Look and mend"))
    hand.tick(re.compile(r"^All .+ matching"))
    hand.press("button", "Mark solved")
    sees(hand, re.compile(r"\d errors? (is|are) solved"))
    hand.go("Errors")
    headed(hand, "Errors")
    # The day goes on: another of this sort may have come since.
    assert _items(hand, group) < before


def _items(hand: Hand, group: str | None) -> int:
    """How many open errors the list tells of a group."""
    link = hand.page.locator(f"h2 a[href='{group}']")
    told = hand.page.locator("section[data-line]").filter(has=link).locator("strong")
    found = [text for text in told.all_inner_texts() if re.match(r"\d", text)]
    return number(found[0]) if found else 0


def retry(hand: Hand, stage: Stage, count: int, start: Any) -> None:
    """All that match are tried again, and the progress adds up to its end; `start`
    presses the button."""
    # The demonstration's day goes on: a read of its own may come in between, and find
    # what is mended before the button is pressed.
    for _ in range(3):
        asked = _retried(hand, stage, count, start)
        if asked >= count:
            break
    for _ in range(LONG // PAUSE):
        counts = figures(hand)
        assert sum(counts.values()) == asked, counts
        if not counts["Waiting"]:
            break
        hand.page.wait_for_timeout(PAUSE)
    sees(hand, "All of them are over.")
    assert counts["Succeeded"] >= count, counts


def _retried(hand: Hand, stage: Stage, count: int, start: Any) -> int:
    """Prices are spoilt, told as errors, mended, and all tried again; how many."""
    # Some more: the day may mend one or two by chance.
    had = stage.spoil(count + 10)
    for _ in range(3):
        _read_changes(hand)
        hand.go("Errors")
        headed(hand, "Errors")
        hand.write("Item, id or message", "The price is -1.25")
        hand.press("button", "Show")
        hand.page.wait_for_url(re.compile("text=The"))
        tab = hand.page.get_by_role("link", name=re.compile("^Open "))
        if number(tab.inner_text()) >= count:
            break
        # A read was under way, and what it had read already was still sound.
    start()
    headed(hand, re.compile(r"^Try [\d,]+ errors again\?"))
    asked = number(hand.page.locator("main h1").inner_text())
    assert asked >= count, asked
    stage.mend(had)
    hand.press("button", "Try again")
    hand.page.wait_for_url(re.compile(r"/errors/retry/\d+/"))
    return sum(figures(hand).values())


def _read_changes(hand: Hand) -> None:
    """What changed in Crystal is read at once."""
    hand.go("Runs")
    hand.press("link", "Start a run")
    headed(hand, "What shall be read?")
    hand.press("link", re.compile("^Crystal"))
    hand.press("link", re.compile("^Choose ?: Changed only"))
    _begin(hand)
    sees(hand, re.compile("^Done$"), LONG)


def _begin(hand: Hand) -> None:
    """Say yes to the cost of a run, and open its page."""
    sees(hand, "Cost:")
    hand.press("button", "Start")
    hand.page.wait_for_url(re.compile(r"/runs/(\d+/|\?connection=)"))
    if "connection=" in hand.page.url:
        hand.press("link", re.compile("^products|^items", re.IGNORECASE))
        hand.page.wait_for_url(re.compile(r"/runs/\d+/"))


def figures(hand: Hand) -> dict[str, int]:
    """The counters of the page, all of one moment."""
    told = hand.page.locator("#progress .figure").all_inner_texts()
    rows = (re.split(r"\s*\n\s*", each.strip()) for each in told)
    return {row[0]: number(row[-1]) for row in rows}


def full_sync(hand: Hand, connection: str) -> None:
    """Started, watched, and every row of it accounted for."""
    hand.go("Runs")
    hand.press("link", "Start a run")
    headed(hand, "What shall be read?")
    hand.press("link", re.compile(f"^{connection}"))
    headed(hand, f"Read {connection}")
    hand.press("link", re.compile("^Choose ?: Full$"))
    _begin(hand)
    live = hand.page.locator("#live")
    live.get_by_text("Done", exact=True).first.wait_for(timeout=LONG)
    told = re.sub(r"\s+", " ", live.inner_text())
    read, counted = re.search(r"([\d,]+) read = (.+?) passed on", told).groups()
    parts = re.findall(r"[\d,]+(?= )", counted)
    assert number(read) == sum(map(number, parts)) > 0
    assert "unaccounted" not in told
