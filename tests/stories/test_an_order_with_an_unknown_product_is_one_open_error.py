"""An order with a product the back office does not know is one open error."""

import uuid

from synclog.models import SyncError
from tests.road import Road


def test_creating_the_product_mends_it(road: Road) -> None:
    merchant = road.in_step()
    strange = str(uuid.uuid4())
    road.front.do("seed", products=[{"name": "Mug", "sku": strange, "price": "9.00"}])
    order = road.buy(strange)
    road.later(hours=2)
    assert road.sold() == []
    (error,) = merchant.errors()
    assert (error.kind, error.field) == ("order", "lines[0].product_id")
    assert error.external_id == str(order["id"])
    road.back.do("product", id=strange, name="Mug")
    road.later(hours=5)
    assert [each["reference"] for each in road.sold()] == [order["number"]]
    assert merchant.errors() == []
    assert SyncError.everywhere.filter(state="resolved", resolved_by="sync").exists()


def test_a_product_without_a_number_of_the_back_office_names_the_line(
    road: Road,
) -> None:
    merchant = road.in_step()
    known = next(iter(road.shelf()))
    road.front.do("seed", products=[{"name": "Mug", "sku": "MUG-1", "price": "9.00"}])
    road.buy(known, "MUG-1")
    road.later(hours=2)
    assert road.sold() == []
    (error,) = merchant.errors()
    assert (error.code, error.field) == ("no_crystal_product", "lines[1].sku")
    assert "MUG-1" in error.message


def test_the_merchant_is_mailed_once_and_told_when_it_is_over(
    road: Road, mailoutbox: list[object]
) -> None:
    road.in_step()
    strange = str(uuid.uuid4())
    road.front.do("seed", products=[{"name": "Mug", "sku": strange, "price": "9.00"}])
    road.buy(strange)
    road.later(hours=2)
    assert len(mailoutbox) == 1
    road.later(hours=5)
    assert len(mailoutbox) == 1
    road.back.do("product", id=strange, name="Mug")
    road.later(hours=5)
    assert len(mailoutbox) == 2
