"""Old rows go, open ones stay, and webhooks the shop dropped are registered again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from integration.demo.outside import Shop
from integration.engine import housekeeping
from tests.road import Merchant, Road


def hooks(road: Road) -> list[str]:
    """Topics the shop would tell us about."""
    rows = road.front.ledger("webhooks")
    return sorted(row["topic"] for row in rows if row["status"] == "active")


def refused(merchant: Merchant) -> int:
    return len(merchant.deliveries("product", "refused"))


def test_what_ended_longer_ago_than_the_merchant_keeps_goes_what_is_open_stays(
    road: Road,
) -> None:
    merchant = road.merchant()
    product = next(row for row in road.goods() if row["images"])
    road.change(product, images=["http://127.0.0.1:9/none.png"])
    road.start(merchant)
    assert refused(merchant) == 1
    road.pass_time(days=89)
    housekeeping.keep_house()
    assert merchant.deliveries("product", "done")
    merchant.tenant.keep_days = 14
    merchant.tenant.save()
    housekeeping.keep_house()
    assert merchant.deliveries("product", "done") == []
    assert merchant.runs("products") == []
    assert refused(merchant) == 1
    assert [error.code for error in merchant.errors()] == ["image_unfetchable"]


def test_each_merchant_s_rows_stay_as_long_as_that_merchant_says(db: None) -> None:
    from integration.models import Run, Tenant
    from tests.admin.rows import Rows

    rows = Rows()
    long_ago = timezone.now() - timedelta(days=20)
    ended = {"state": "done", "ended_at": long_ago}
    kept = rows.runs()
    other = Tenant.objects.create(slug="short", name="Short", keep_days=14)
    connection = rows.connection("crystal", "theirs")
    connection.tenant = other
    connection.save()
    gone = rows.runs()
    Run.everywhere.update(**ended)
    Run.everywhere.filter(pk=gone.pk).update(tenant=other, connection=connection)
    housekeeping.keep_house()
    assert list(Run.everywhere.all()) == [kept]


def test_what_was_sent_is_kept_thirty_days_and_what_is_open_keeps_it(db: None) -> None:
    from integration.models import Delivery
    from tests.admin.rows import Rows

    rows = Rows()
    long_ago = timezone.now() - timedelta(days=31)
    body = {"payload": b"x", "ended_at": long_ago}
    old = rows.deliveries(state="done", **body)
    lost = rows.deliveries(state="gave_up", **body)
    fresh = rows.deliveries(state="done", payload=b"x", ended_at=timezone.now())
    open_now = rows.deliveries(state="refused", payload=b"x")
    housekeeping.keep_house()
    told = dict(Delivery.everywhere.values_list("pk", "payload"))
    assert told[old.pk] is told[lost.pk] is None
    assert bytes(told[fresh.pk]) == bytes(told[open_now.pk]) == b"x"


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
