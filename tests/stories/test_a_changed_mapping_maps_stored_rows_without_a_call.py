"""A changed mapping maps what is stored anew and costs no call."""

from integration.models import Override
from tests.road import Road


def test_a_re_pointed_title_reaches_the_shop_from_stored_rows(road: Road) -> None:
    merchant = road.in_step()
    Override.everywhere.create(
        tenant=merchant.tenant,
        connection=merchant.crystal,
        kind="product",
        direction="read",
        field="title",
        path="product_number",
    )
    road.forget()
    road.settle()
    numbers = {row["id"]: row["product_number"] for row in road.goods()}
    assert {sku: row["name"] for sku, row in road.shelf().items()} == numbers
    assert road.back.calls() == []


def test_a_mapping_that_changes_nothing_writes_nothing(road: Road) -> None:
    merchant = road.in_step()
    Override.everywhere.create(
        tenant=merchant.tenant,
        connection=merchant.crystal,
        kind="product",
        direction="read",
        field="title",
        path="name",
    )
    road.forget()
    road.settle()
    changed = {row["id"] for row in road.goods() if not row["name"]}
    again = next(r for r in merchant.runs("products") if r.cause == "mapping_changed")
    assert (again.read, again.calls) == (12, 0)
    assert again.unchanged == 12 - len(changed)
    assert road.front.writes() == []
