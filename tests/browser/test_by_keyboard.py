"""The same ten journeys without a mouse: Tab, Enter, Space, arrows, and shortcuts."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.browser import affairs, journeys
from tests.browser.hands import Keys

pytestmark = pytest.mark.browser


def keys(open_page: Any, url: str, owner: bool = True) -> Keys:
    """A keyboard before a page."""
    hand = Keys(open_page(owner=owner))
    hand.page.goto(url)
    return hand


def test_a_platform_is_connected_through_the_wizard(stage: Any, open_page: Any) -> None:
    galaxy = stage.told()["galaxy"]
    answers = {
        "Address of the API": galaxy["base_url"],
        "User": galaxy["credentials"]["username"],
        "Password": galaxy["credentials"]["password"],
        "More settings": "",
        "Web Scenario": galaxy["credentials"]["web_scenario"],
        "Allow plain http": "",
        "Calls per second": "50",
    }
    hand = keys(open_page, stage.at(""))
    journeys.connect(hand, stage, "Galaxy", answers)


def test_a_sku_is_found_and_says_why_it_differs(stage: Any, open_page: Any) -> None:
    journeys.find(keys(open_page, stage.at("", "second")), stage, "12.75")


def test_an_item_is_synced_now(stage: Any, open_page: Any) -> None:
    hand = keys(open_page, stage.at(""))
    journeys.sync_now(hand, stage, "654.75", lambda: hand.shortcut("s"))


def test_a_group_of_errors_is_called_solved(stage: Any, open_page: Any) -> None:
    journeys.resolve(keys(open_page, stage.at("", "second")))


def test_200_errors_are_tried_again_by_a_filter(stage: Any, open_page: Any) -> None:
    hand = keys(open_page, stage.at(""))
    journeys.retry(hand, stage, 200, lambda: hand.shortcut("r"))


def test_a_full_sync_is_watched_to_its_end(stage: Any, open_page: Any) -> None:
    journeys.full_sync(keys(open_page, stage.at("")), "Crystal")


def test_an_invoice_posts_when_its_pair_is_mended(stage: Any, open_page: Any) -> None:
    affairs.mend_pair(keys(open_page, stage.at("", "second")), stage)


def test_a_webhook_is_replayed(stage: Any, open_page: Any) -> None:
    affairs.replay(keys(open_page, stage.at("")))


def test_the_budget_is_read(stage: Any, open_page: Any) -> None:
    affairs.budget(keys(open_page, stage.at("", "second")), "Xero")


def test_a_colleague_is_invited_who_may_only_look(stage: Any, open_page: Any) -> None:
    email = f"looker{secrets.token_hex(4)}@example.com"
    affairs.invite(keys(open_page, stage.at("")), email)
    guest = keys(open_page, stage.letter(email, "/invitation/"), owner=False)
    affairs.join(guest)
    affairs.only_look(guest, stage)
