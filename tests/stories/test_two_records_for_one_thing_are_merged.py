"""Two records that turn out to be one thing become one."""

from django.utils import timezone

from integration.contract.messages import Everything
from integration.models import Cursor, Link, Record
from tests.road import Road


def test_a_product_known_to_both_sides_by_different_numbers_is_joined(
    road: Road,
) -> None:
    product = road.goods()[0]
    (known,) = road.front.do("seed", products=[{"name": "By hand", "sku": "OLD-1"}])[
        "products"
    ]
    merchant = road.merchant(routes=False)
    road.read(merchant.shop, "products", Everything())
    former = Link.everywhere.get(
        connection=merchant.shop, kind="product", external_id=str(known)
    ).record
    road.front.do("edit", id=known, changes={"sku": product["id"]})
    # Nobody looks at the shop again before the product is written there.
    Cursor.everywhere.filter(connection=merchant.shop, stream="products").update(
        asked_at=timezone.now()
    )
    for kind in ("category", "product", "stock", "price"):
        merchant.route(kind)
    road.start(merchant)
    joined = Link.everywhere.get(
        connection=merchant.crystal, kind="product", external_id=product["id"]
    ).record
    former.refresh_from_db()
    assert former.merged_into == joined
    mine = joined.links.values_list("connection", "external_id")
    assert set(mine) == {
        (merchant.crystal.pk, product["id"]),
        (merchant.shop.pk, str(known)),
    }
    assert len(road.shelf()) == 12
    there = road.shelf()[product["id"]]
    assert there["stock_quantity"] == max(0, int(product["quantity"]))
    live = Record.objects.for_tenant(merchant.tenant).filter(merged_into=None)
    assert live.filter(kind="product").count() == 12
    assert live.filter(kind="variant").count() == 12
    assert merchant.errors() == []
