"""Old rows go, open ones stay, and webhooks the shop dropped are registered again."""

from __future__ import annotations

from integration.demo.outside import Shop
from integration.engine import housekeeping
from tests.road import Merchant, Road


def hooks(road: Road) -> list[str]:
    """Topics the shop would tell us about."""
    rows = road.front.ledger("webhooks")
    return sorted(row["topic"] for row in rows if row["status"] == "active")


def refused(merchant: Merchant) -> int:
    return len(merchant.deliveries("product", "refused"))


def test_what_ended_long_ago_goes_and_what_is_open_stays(road: Road) -> None:
    merchant = road.merchant()
    product = next(row for row in road.goods() if row["images"])
    road.change(product, images=["http://127.0.0.1:9/none.png"])
    road.start(merchant)
    assert refused(merchant) == 1
    housekeeping.keep_house()
    assert merchant.deliveries("product", "done")
    road.pass_time(days=8)
    housekeeping.keep_house()
    assert merchant.deliveries("product", "done") == []
    assert merchant.runs("products") == []
    assert refused(merchant) == 1
    assert [error.code for error in merchant.errors()] == ["image_unfetchable"]


def test_the_body_of_an_old_webhook_goes_before_the_rest_of_it(road: Road) -> None:
    from integration.models import WebhookEvent

    merchant = road.in_step()
    WebhookEvent.everywhere.create(
        tenant=merchant.tenant,
        connection=merchant.shop,
        fingerprint="x",
        body=b"{}",
        state="processed",
    )
    road.pass_time(days=31)
    housekeeping.keep_house()
    assert WebhookEvent.everywhere.get().body is None
    road.pass_time(days=60)
    housekeeping.keep_house()
    assert not WebhookEvent.everywhere.exists()


def test_webhooks_the_shop_switched_off_are_on_again_the_next_day(road: Road) -> None:
    road.in_step()
    housekeeping.keep_house()
    wanted = hooks(road)
    assert "order.created" in wanted
    keys = road.front.credentials
    shop = Shop(road.front.root, keys["consumer_key"], keys["consumer_secret"])
    shop.set_webhooks("", "disabled")
    assert hooks(road) == []
    road.pass_time(hours=1)
    housekeeping.keep_house()
    assert hooks(road) == []
    road.pass_time(days=1)
    housekeeping.keep_house()
    assert hooks(road) == wanted


def test_a_shop_that_does_not_answer_spoils_nothing(road: Road) -> None:
    road.in_step()
    road.front.fault("status", "/webhooks", status=401, body="{}", times=-1)
    housekeeping.keep_house()
    road.front.heal()
    road.pass_time(hours=1)
    housekeeping.keep_house()
    assert "order.created" in hooks(road)
