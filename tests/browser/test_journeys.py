"""A merchant's ten journeys with a mouse."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest

from tests.browser import affairs, journeys
from tests.browser.hands import Mouse

pytestmark = pytest.mark.browser


def mouse(open_page: Any, url: str, owner: bool = True) -> Mouse:
    """A mouse on a page."""
    hand = Mouse(open_page(owner=owner))
    hand.page.goto(url)
    return hand


def test_a_platform_is_connected_through_the_wizard(stage: Any, open_page: Any) -> None:
    crystal = stage.told(second=True)["crystal"]
    answers = {
        "Organisation": "Wholesale",
        "API key": crystal["credentials"]["key"],
        "API secret": crystal["credentials"]["secret"],
        "Currency": "GBP",
        "More settings": "",
        "API address": crystal["base_url"],
        "Calls per second": "20",
    }
    hand = mouse(open_page, stage.at("", "second"))
    journeys.connect(hand, stage, "Crystal", answers, "Variants")


def test_a_sku_is_found_and_says_why_it_differs(stage: Any, open_page: Any) -> None:
    journeys.find(mouse(open_page, stage.at("", "second")), stage, "11.25")


def test_an_item_is_synced_now(stage: Any, open_page: Any) -> None:
    hand = mouse(open_page, stage.at(""))
    journeys.sync_now(
        hand, stage, "321.25", lambda: hand.press("button", re.compile("^Sync now"))
    )


def test_a_group_of_errors_is_called_solved(stage: Any, open_page: Any) -> None:
    journeys.resolve(mouse(open_page, stage.at("")))


def test_200_errors_are_tried_again_by_a_filter(stage: Any, open_page: Any) -> None:
    hand = mouse(open_page, stage.at(""))
    journeys.retry(
        hand, stage, 200, lambda: hand.press("link", "Try all of these again")
    )


def test_a_full_sync_is_watched_to_its_end(stage: Any, open_page: Any) -> None:
    journeys.full_sync(mouse(open_page, stage.at("")), "Crystal")


def test_an_invoice_posts_when_its_pair_is_mended(stage: Any, open_page: Any) -> None:
    affairs.mend_pair(mouse(open_page, stage.at("", "second")), stage)


def test_a_webhook_is_replayed(stage: Any, open_page: Any) -> None:
    affairs.replay(mouse(open_page, stage.at("")))


def test_the_budget_is_read(stage: Any, open_page: Any) -> None:
    affairs.budget(mouse(open_page, stage.at("", "second")), "Xero")


def test_a_colleague_is_invited_who_may_only_look(stage: Any, open_page: Any) -> None:
    email = f"looker{secrets.token_hex(4)}@example.com"
    affairs.invite(mouse(open_page, stage.at("settings/team/")), email)
    guest = mouse(open_page, stage.letter(email, "/invitation/"), owner=False)
    affairs.join(guest)
    affairs.only_look(guest, stage)
