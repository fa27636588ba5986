"""The second merchant is connected as people connect, and leaves nothing behind."""

from __future__ import annotations

import io

import pytest

from integration.demo import browser, merchant
from integration.demo.outside import Refused, Sandbox
from integration.demo.trade import Trade


def test_xero_is_signed_in_to_by_the_page_of_the_platform(
    trade: Trade, said: io.StringIO
) -> None:
    assert trade.books.grant is not None
    [connected] = trade.sandbox.ask("xero", "ledger")["connections"]
    assert connected["tenantId"] == trade.books.settings["organisation"]
    assert "/identity/connect/authorize" in said.getvalue()
    assert trade.books.facts["currency"] == trade.target.facts["currency"]


def test_the_catalogue_goes_one_way_and_sales_go_two(trade: Trade) -> None:
    from integration.models import Route

    laid = {
        (route.source_id, route.target_id, route.writes)
        for route in Route.objects.for_tenant(trade.tenant)
    }
    galaxy, shop, books = trade.source.pk, trade.target.pk, trade.books.pk
    goods = {(galaxy, shop, each) for each in ("category", "product", "stock", "price")}
    sales = {(shop, books, each) for each in ("invoice", "payment", "credit_note")}
    assert laid == goods | sales | {(shop, galaxy, "order")}


def test_leaving_gives_back_the_consent_and_the_webhooks(trade: Trade) -> None:
    from integration.engine import connect
    from integration.models import Grant

    connect.sync_webhooks(trade.target)
    door = connect.hook_url(trade.target)
    assert list(trade.shop.webhooks(door))
    assert merchant.leave() == []
    assert trade.sandbox.ask("xero", "ledger")["connections"] == []
    assert not Grant.objects.for_tenant(trade.tenant).exists()
    assert list(trade.shop.webhooks(door)) == []
    assert merchant.leave() == []


def test_a_sign_in_nobody_asked_for_is_refused_by_weft(
    platforms: Sandbox, live_server: object
) -> None:
    url = getattr(live_server, "url", "")
    with pytest.raises(Refused, match="Weft did not take the sign-in"):
        browser.allow(_page(platforms, f"{url}/oauth/xero/callback/"))


def test_a_page_that_sends_nobody_back_is_refused(platforms: Sandbox) -> None:
    with pytest.raises(Refused, match="The sign-in was not offered"):
        browser.allow(_page(platforms, "ftp://nowhere"))


def _page(platforms: Sandbox, back: str) -> str:
    client = platforms.ask("", "")["xero"]["credentials"]["client_id"]
    asked = f"response_type=code&client_id={client}&scope=openid&state={'s' * 40}"
    page = f"{platforms.url}/xero/identity/connect/authorize"
    return f"{page}?{asked}&redirect_uri={back}"
