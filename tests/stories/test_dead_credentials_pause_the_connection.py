"""Dead credentials pause the connection, one mail goes out, new ones heal it."""

from typing import Any

from tests.road import Merchant, Road


def locked_out(road: Road) -> Merchant:
    merchant = road.in_step()
    merchant.shop.secrets = {**merchant.shop.secrets, "consumer_secret": "cs_wrong"}
    merchant.shop.save()
    road.change(road.goods()[0], name="Brand new name")
    road.later(hours=2)
    return merchant.reload()


def test_everything_waits_and_one_mail_tells_it(
    road: Road, mailoutbox: list[Any]
) -> None:
    merchant = locked_out(road)
    assert merchant.shop.health == "needs_reauth"
    road.forget()
    for _ in range(12):
        road.later(hours=6)
    assert road.front.calls() == []
    assert len(mailoutbox) == 1
    assert "credentials" in mailoutbox[0].body
    (waiting,) = merchant.deliveries("product", "planned")
    assert waiting.attempts == 0


def test_a_new_connect_sends_what_waited_and_says_that_it_is_over(
    road: Road, mailoutbox: list[Any]
) -> None:
    merchant = locked_out(road)
    again = road.connect_shop(merchant.tenant)
    assert again.pk == merchant.shop.pk
    road.later(minutes=5)
    assert merchant.reload().shop.health == "healthy"
    assert "Brand new name" in {row["name"] for row in road.shelf().values()}
    assert len(mailoutbox) == 2
