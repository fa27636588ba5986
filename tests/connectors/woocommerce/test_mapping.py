"""The shop's words for ours: rows recorded, kept as examples, and made up."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.woocommerce import CONNECTOR, mapping, sales
from integration.canonical.catalog import (
    Level,
    Status,
)
from integration.canonical.codec import plain
from integration.canonical.kinds import Kind
from integration.canonical.sales import Fulfilment, LineType, PaymentState
from integration.canonical.values import Money, Ref
from integration.contract.mapping import Context
from integration.errors import (
    BadConfig,
)
from integration.http.body import parse
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import (
    Shop,
    context,
    moment,
    product_row,
    records,
)

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


@pytest.mark.parametrize(
    "raw", sorted(FIXTURES.glob("*.raw.json")), ids=lambda path: path.name
)
def test_a_row_becomes_exactly_the_records_beside_it(raw: Path) -> None:
    stream = {"product": "products", "order": "orders"}.get(
        raw.name.partition("__")[0], raw.name.partition("__")[0] + "s"
    )
    row = parse(raw.read_bytes())
    before = json.dumps(row, default=str)
    found = [
        {"kind": record.kind, **plain(record)}
        for fieldmap in CONNECTOR.stream(stream).maps
        for record in fieldmap.records(row, context())
    ]
    golden = raw.with_name(raw.name.replace(".raw.", ".canonical."))
    assert json.loads(json.dumps(found)) == json.loads(golden.read_text())
    assert json.dumps(row, default=str) == before


def exchanges(folder: Path, under: str) -> Iterator[tuple[str, Any]]:
    """Every row a recorded shop answered below a path, with its file's name."""
    for path in sorted((folder / "woocommerce").glob("*.json")):
        told = parse(path.read_bytes())
        if not isinstance(told, dict) or told["response"]["status"] >= 300:
            continue
        where = told["request"]["path"].partition("/wc/v3/")[2]
        if where.split("/")[0] != under or "variations" in where:
            continue
        body = told["response"]["body"]
        rows = body if isinstance(body, list) else [body]
        for row in rows:
            inner = [*row.get("create", ()), *row.get("update", ())]
            yield from ((path.name, one) for one in (inner or [row]))


def test_every_recorded_product_is_read(recorded_exchanges: Path) -> None:
    seen = 0
    for name, row in exchanges(recorded_exchanges, "products"):
        if "error" in row or "catalog_visibility" not in row:
            continue
        row = {**row, "variations": []}
        product = mapping.PRODUCT(row, context())
        assert product.title, name
        assert len(product.variants) == 1, name
        [price] = mapping.PRICE.records(row, context())
        assert price.money is None or price.money.currency == "USD"
        [stock] = mapping.STOCK.records(row, context())
        assert stock.external_id == product.external_id
        seen += 1
    assert seen > 25


def test_every_recorded_variation_is_read(recorded_exchanges: Path) -> None:
    folder = recorded_exchanges / "woocommerce"
    told = parse((folder / "product_variations.json").read_bytes())
    parents = parse((folder / "products_variable.json").read_bytes())
    rows = told["response"]["body"]
    [parent] = [row for row in parents["response"]["body"] if row["id"] == 65]
    whole = {**parent, "variations": rows}
    product = mapping.PRODUCT(whole, context())
    assert [part.external_id for part in product.variants] == ["88", "83", "82", "81"]
    assert product.variants[0].options == (("Color", "Blue"), ("Logo", "Yes"))
    assert product.variants[0].title == "Hoodie - Blue, Yes"
    assert product.variants[0].weight_g == Decimal(1500)
    prices = mapping.PRICE.records(whole, context())
    assert prices[0].money == Money(Decimal(45), "USD")


def test_every_recorded_order_adds_up(recorded_exchanges: Path) -> None:
    seen = 0
    for name, row in exchanges(recorded_exchanges, "orders"):
        if "line_items" not in row or "currency" not in row:
            continue
        order = sales.ORDER(row, context())
        net = sum((line.net for line in order.lines), Decimal(0))
        assert net + order.total_tax == order.total, name
        assert sum((line.tax for line in order.lines), Decimal(0)) == order.total_tax
        status = sales.ORDER_STATUS(row, context())
        assert status.order == Ref(Kind.ORDER, order.external_id)
        seen += 1
    assert seen >= 8


def test_every_recorded_customer_and_setting_is_read(recorded_exchanges: Path) -> None:
    people = [row for _, row in exchanges(recorded_exchanges, "customers")]
    assert {mapping.CUSTOMER(row, context()).company for row in people} >= {"Öberg AB"}
    settings = [row for _, row in exchanges(recorded_exchanges, "settings")]
    told = {row["id"]: mapping.SETTING(row, context()).value for row in settings}
    assert told["woocommerce_currency"] == "USD"


@pytest.mark.parametrize(
    ("status", "visibility", "expected", "published"),
    [
        ("publish", "visible", Status.LIVE, True),
        ("publish", "hidden", Status.LIVE, False),
        ("publish", "search", Status.LIVE, True),
        ("draft", "visible", Status.HIDDEN, False),
        ("pending", "visible", Status.HIDDEN, False),
        ("private", "visible", Status.HIDDEN, False),
        ("trash", "visible", Status.DISCONTINUED, False),
    ],
)
def test_a_products_status_says_whether_it_is_offered(
    status: str, visibility: str, expected: Status, published: bool
) -> None:
    row = {"id": 1, "status": status, "catalog_visibility": visibility}
    product = mapping.PRODUCT(row, context())
    assert (product.status, product.published) == (expected, published)


@pytest.mark.parametrize(
    ("unit", "grams"),
    [("kg", "1500"), ("g", "1.5"), ("lbs", "680.388555"), ("oz", "42.5242846875")],
)
def test_weights_are_read_in_the_shops_unit(unit: str, grams: str) -> None:
    row = {"id": 1, "weight": "1.5"}
    variant = mapping.VARIANT(row, context(weight_unit=unit))
    assert variant.weight_g == Decimal(grams)
    assert mapping.VARIANT(row, context(weight_unit="stone")).weight_g is None


@pytest.mark.parametrize(
    ("manage", "tracked", "levels"),
    [
        (True, True, (Level(available=Decimal(-3)),)),
        ("parent", True, (Level(available=Decimal(-3)),)),
        (False, False, ()),
    ],
)
def test_stock_is_read_only_where_it_is_counted(
    manage: Any, tracked: bool, levels: tuple[Level, ...]
) -> None:
    row = {"id": 1, "sku": "A", "manage_stock": manage, "stock_quantity": -3}
    [stock] = mapping.STOCK.records(row, context())
    assert (stock.tracked, stock.levels) == (tracked, levels)
    assert stock.variant == Ref(Kind.VARIANT, "1", {"sku": "A"})


def test_a_price_without_a_known_currency_is_a_matter_of_the_connection() -> None:
    row = {"id": 1, "regular_price": "5.00"}
    with pytest.raises(BadConfig) as caught:
        mapping.PRICE.records(row, Context())
    assert caught.value.field == "currency"


@pytest.mark.parametrize(
    ("taxes", "include", "expected"),
    [("yes", "yes", True), ("yes", "no", False), ("no", "yes", None)],
)
def test_prices_say_whether_tax_is_in_them(
    taxes: str, include: str, expected: bool | None
) -> None:
    row = {"id": 1, "regular_price": "5.00"}
    told = context(calc_taxes=taxes, prices_include_tax=include)
    [price] = mapping.PRICE.records(row, told)
    assert price.tax_included is expected


@pytest.mark.parametrize(
    ("row", "payment", "fulfilment"),
    [
        ({"status": "pending"}, PaymentState.AWAITING, Fulfilment.OPEN),
        ({"status": "on-hold"}, PaymentState.AWAITING, Fulfilment.OPEN),
        ({"status": "processing"}, PaymentState.PAID, Fulfilment.OPEN),
        ({"status": "completed"}, PaymentState.PAID, Fulfilment.SHIPPED),
        ({"status": "cancelled"}, PaymentState.AWAITING, Fulfilment.CANCELLED),
        ({"status": "failed"}, PaymentState.AWAITING, Fulfilment.CANCELLED),
        ({"status": "refunded"}, PaymentState.REFUNDED, Fulfilment.CANCELLED),
        (
            {"status": "refunded", "date_completed_gmt": "2026-01-01T00:00:00"},
            PaymentState.REFUNDED,
            Fulfilment.SHIPPED,
        ),
        ({"status": "packing"}, PaymentState.AWAITING, Fulfilment.OPEN),
        (
            {"status": "packing", "date_paid_gmt": "2026-01-01T00:00:00"},
            PaymentState.PAID,
            Fulfilment.OPEN,
        ),
    ],
)
def test_an_orders_status_says_where_money_and_goods_stand(
    row: dict[str, Any], payment: PaymentState, fulfilment: Fulfilment
) -> None:
    status = sales.ORDER_STATUS({"id": 1, **row}, context())
    assert (status.payment, status.fulfilment) == (payment, fulfilment)
    assert status.word == row["status"]


@pytest.mark.parametrize(
    ("whole", "part", "title"),
    [
        ("Canvas shoe", {"name": "Blue, 42"}, "Canvas shoe - Blue, 42"),
        ("Canvas shoe", {}, "Canvas shoe - Blue, 42"),
        ("Shoe &amp; lace", {"name": "Blue &amp; 42"}, "Shoe & lace - Blue & 42"),
        ("Canvas shoe", {"name": "Canvas shoe - 42"}, "Canvas shoe - 42"),
        ("", {"name": "Blue, 42"}, "Blue, 42"),
        ("Canvas shoe", {"attributes": []}, "Canvas shoe"),
    ],
)
def test_a_variation_has_a_name_that_says_what_it_is_alone(
    whole: str, part: dict[str, Any], title: str
) -> None:
    chosen = [{"name": "Color", "option": "Blue"}, {"name": "Size", "option": "42"}]
    row = {"id": 7, "name": whole, "status": "publish"}
    parts = [{"id": 8, "attributes": chosen, **part}]
    product = mapping.PRODUCT({**row, "variations": parts}, context())
    assert [variant.title for variant in product.variants] == [title]


def test_a_simple_products_only_variant_is_called_as_it_is() -> None:
    row = {"id": 7, "name": "Salt &amp; pepper", "status": "publish", "variations": []}
    [variant] = mapping.PRODUCT(row, context()).variants
    assert variant.title == "Salt & pepper"


def order(shop: Shop, **body: Any) -> Any:
    made = shop.control("order", **body)
    [raw] = shop.reader.fetch("orders", [str(made["id"])])
    return records("orders", raw)[Kind.ORDER]


def test_shipping_and_fees_are_lines_beside_the_goods(shop: Shop) -> None:
    shop.control("seed", products=[product_row(10, moment(60), regular_price="3.00")])
    found = order(
        shop,
        line_items=[{"product_id": 10, "quantity": 3}],
        shipping_lines=[
            {"method_id": "flat_rate", "method_title": "Post", "total": "5.00"}
        ],
        fee_lines=[{"name": "Wrap", "total": "2.50"}],
    )
    assert [(line.type, line.name, line.net) for line in found.lines] == [
        (LineType.GOODS, "P10", Decimal(9)),
        (LineType.SHIPPING, "Post", Decimal(5)),
        (LineType.FEE, "Wrap", Decimal("2.5")),
    ]
    goods = found.lines[0]
    assert (goods.sku, goods.unit_price, goods.quantity) == ("S10", 3, 3)
    assert goods.variant == Ref(Kind.VARIANT, "10", {"sku": "S10"})


def test_a_line_tells_what_coupons_took_off() -> None:
    line = {"id": 1, "quantity": 3, "subtotal": "30.000000", "total": "25.000000"}
    found = sales.GOODS({**line, "variation_id": 8, "product_id": 7}, context())
    assert (found.discount, found.net) == (5, 25)
    assert found.unit_price == Decimal("8.333333")
    assert found.variant == Ref(Kind.VARIANT, "8")
    nothing = sales.GOODS({**line, "quantity": 0}, context())
    assert (nothing.unit_price, nothing.variant) == (25, None)
