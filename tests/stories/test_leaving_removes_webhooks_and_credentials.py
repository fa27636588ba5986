"""Leaving a platform removes our webhooks there and the credentials here."""

from django.db import connection as database

from integration.engine import connect
from integration.models import Link
from tests.road import Road
from tests.stories.conftest import Calling


def test_nothing_of_ours_stays_there_and_nothing_is_called(
    road: Road, calling: Calling
) -> None:
    merchant = calling.merchant
    assert len(road.front.ledger("webhooks")) > 0
    assert connect.disconnect(merchant.shop) == ""
    assert road.front.ledger("webhooks") == []
    road.change(road.goods()[0], name="After we left")
    road.forget()
    road.later(days=2)
    assert road.front.calls() == []
    merchant.reload()
    assert merchant.shop.health == "disconnected"
    assert merchant.shop.secrets == {}
    with database.cursor() as cursor:
        cursor.execute("SELECT secrets FROM integration_connection")
        stored = " ".join(str(row[0]) for row in cursor.fetchall())
    assert road.front.credentials["consumer_secret"] not in stored


def test_links_stay_for_a_return_that_creates_nothing_again(
    road: Road, calling: Calling
) -> None:
    merchant = calling.merchant
    connect.disconnect(merchant.shop)
    linked = Link.everywhere.filter(connection=merchant.shop, kind="product").count()
    assert linked == 12
    road.change(road.goods()[0], name="While we were away")
    road.later(hours=2)
    again = road.connect_shop(merchant.tenant)
    assert again.pk == merchant.shop.pk
    road.start(merchant)
    road.later(days=1, hours=2)
    assert len(road.shelf()) == 12
    assert "While we were away" in {row["name"] for row in road.shelf().values()}
    assert merchant.errors() == []
