"""The shop's lists read: by change, by id, whole; whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.woocommerce import mapping, sales
from connectors.woocommerce.money import REFUNDS
from connectors.woocommerce.place import BEHIND
from integration.canonical.kinds import Kind
from integration.contract.messages import Page
from integration.http.body import parse
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import (
    Shop,
    context,
    moment,
    product_row,
    records,
)


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


def ids_of(pages: list[Page]) -> list[str]:
    return [raw.external_id for page in pages for raw in page.items]


def test_a_whole_read_goes_by_id_and_marks_the_newest_change_before_it(
    shop: Shop,
) -> None:
    rows = [product_row(100 + n, moment(1000 - n)) for n in range(120)]
    shop.control("seed", products=rows)
    pages = list(shop.reader.read("products", None, None))
    assert [len(page.items) for page in pages] == [100, 25]
    assert set(ids_of(pages)) == {str(row["id"]) for row in rows}
    assert [page.mark for page in pages] == [None, rows[-1]["date_modified_gmt"]]
    assert pages[0].resume is not None
    assert pages[1].resume is None


def test_a_whole_read_goes_on_where_it_was_killed(shop: Shop) -> None:
    rows = [product_row(100 + n, moment(1000 - n)) for n in range(120)]
    shop.control("seed", products=rows)
    whole = list(shop.reader.read("products", None, None))
    first = next(shop.reader.read("products", None, None))
    rest = list(shop.reader.read("products", None, first.resume))
    assert ids_of(rest) == ids_of(whole[1:])
    assert rest[-1].mark == whole[-1].mark


def test_a_deletion_while_reading_skips_no_neighbour(shop: Shop) -> None:
    rows = [product_row(100 + n, moment(1000 - n)) for n in range(120)]
    shop.control("seed", products=rows)
    reading = shop.reader.read("products", None, None)
    found = ids_of([next(reading)])
    for number in (101, 102, 103):
        shop.control("drop", kind="product", id=number, force=True)
    found += ids_of(list(reading))
    assert set(found) == {str(row["id"]) for row in rows}


def test_an_empty_shop_is_read_in_one_page_without_a_mark(shop: Shop) -> None:
    for stream in ("products", "orders"):
        [page] = shop.reader.read(stream, None, None)
        assert (list(page.items), page.resume, page.mark) == ([], None, None)


def test_what_changed_since_the_mark_comes_oldest_first_with_an_overlap(
    shop: Shop,
) -> None:
    rows = [
        product_row(1, moment(4000)),
        product_row(2, moment(700)),
        product_row(3, moment(800)),
        product_row(4, moment(1100)),
    ]
    shop.control("seed", products=rows)
    [page] = shop.reader.read("products", moment(900), None)
    assert [raw.external_id for raw in page.items] == ["4", "3", "2"]
    assert page.mark == rows[1]["date_modified_gmt"]
    [nothing] = shop.reader.read("products", moment(), None)
    assert list(nothing.items) == []
    assert nothing.mark is not None
    assert nothing.mark < moment(BEHIND.total_seconds() - 60)


def test_an_old_burst_of_changes_is_not_read_at_every_look(shop: Shop) -> None:
    old = 3 * BEHIND.total_seconds()
    rows = [product_row(100 + n, moment(old)) for n in range(120)]
    shop.control("seed", products=rows)
    *_, last = shop.reader.read("products", rows[0]["date_modified_gmt"], None)
    assert last.items
    assert last.mark is not None
    [page] = shop.reader.read("products", last.mark, None)
    assert (list(page.items), page.resume) == ([], None)


def test_what_a_slow_clock_hid_is_read_all_the_same(shop: Shop) -> None:
    [before] = shop.reader.read("products", moment(8000), None)
    assert before.mark is not None
    shop.control("seed", products=[product_row(1, moment(BEHIND.total_seconds()))])
    [page] = shop.reader.read("products", before.mark, None)
    assert [raw.external_id for raw in page.items] == ["1"]


def test_the_mark_of_a_list_that_is_never_read_whole_is_its_last_change(
    shop: Shop,
) -> None:
    [page] = shop.reader.read("orders", moment(), None)
    assert (list(page.items), page.mark) == ([], None)


def test_a_mark_is_never_ahead_of_our_clock(shop: Shop) -> None:
    shop.control("seed", products=[product_row(1, moment(-200))])
    [page] = shop.reader.read("products", moment(900), None)
    assert [raw.external_id for raw in page.items] == ["1"]
    assert page.mark is not None
    assert page.mark <= moment()


def test_a_row_that_changes_while_we_page_hides_no_other(shop: Shop) -> None:
    rows = [product_row(100 + n, moment(900 - n)) for n in range(250)]
    shop.control("seed", products=rows)
    reading = shop.reader.read("products", moment(1000), None)
    found = ids_of([next(reading)])
    for number in range(100, 150):
        shop.control("edit", kind="product", id=number, changes={"name": "new"})
    found += ids_of(list(reading))
    assert set(found) >= {str(row["id"]) for row in rows}


def test_more_than_a_page_of_one_second_is_read_to_the_end(shop: Shop) -> None:
    second, later = moment(500), moment(400)
    rows = [product_row(100 + n, second) for n in range(230)]
    rows += [product_row(900, later)]
    shop.control("seed", products=rows)
    pages = list(shop.reader.read("products", moment(600), None))
    assert set(ids_of(pages)) == {str(row["id"]) for row in rows}
    assert [page.mark for page in pages] == [second, second, second, later]
    rest = list(shop.reader.read("products", moment(600), pages[0].resume))
    assert set(ids_of([pages[0], *rest])) == {str(row["id"]) for row in rows}


def family(shop: Shop) -> None:
    parent = product_row(900, moment(50), type="variable", sku="TEE")
    parts = [
        {
            "id": 901 + n,
            "parent_id": 900,
            "type": "variation",
            "sku": f"TEE-{n}",
            "regular_price": "5.00",
            "status": "publish",
        }
        for n in range(3)
    ]
    shop.control(
        "seed", products=[parent, product_row(1, moment(60))], variations=parts
    )


def test_a_variable_product_comes_with_its_variations_inside(shop: Shop) -> None:
    family(shop)
    read = [
        raw for page in shop.reader.read("products", None, None) for raw in page.items
    ]
    changed = [
        raw
        for page in shop.reader.read("products", moment(90), None)
        for raw in page.items
    ]
    fetched = list(shop.reader.fetch("products", ["900", "1", "777"]))
    for rows in (read, changed, fetched):
        by_id = {raw.external_id: raw for raw in rows}
        assert set(by_id) == {"1", "900"}
        product = records("products", by_id["900"])[Kind.PRODUCT]
        assert {part.sku for part in product.variants} == {"TEE-0", "TEE-1", "TEE-2"}
    prices = mapping.PRICE.records(parse(fetched[0].body or b""), context())
    assert len(prices) in (1, 3)


def test_what_is_in_the_trash_is_not_given_and_so_is_gone(shop: Shop) -> None:
    shop.control(
        "seed", products=[product_row(1, moment(60)), product_row(2, moment(60))]
    )
    shop.control("drop", kind="product", id=1)
    assert [raw.external_id for raw in shop.reader.fetch("products", ["1", "2"])] == [
        "2"
    ]


def test_a_basket_that_is_no_order_yet_is_not_read(shop: Shop) -> None:
    shop.control("seed")
    real = shop.control(
        "order", status="processing", billing={"email": "a@example.com"}
    )
    draft = shop.control("order", status="processing")
    shop.control("seed", orders=[{**draft, "id": 5000, "status": "checkout-draft"}])
    pages = list(shop.reader.read("orders", None, None))
    assert ids_of(pages) == [str(real["id"]), str(draft["id"])]
    since = datetime.now(UTC) - timedelta(hours=1)
    assert list(shop.reader.ids("orders", since)) == ids_of(pages)


def test_orders_are_read_with_six_decimals(shop: Shop) -> None:
    shop.control("seed", products=[product_row(10, moment(60), regular_price="9.99")])
    made = shop.control("order", line_items=[{"product_id": 10, "quantity": 7}])
    for rows in (
        [raw for page in shop.reader.read("orders", None, None) for raw in page.items],
        list(shop.reader.fetch("orders", [str(made["id"])])),
    ):
        [raw] = rows
        assert parse(raw.body or b"")["total"] == "69.930000"


def test_customers_of_every_role_are_read_whole(shop: Shop) -> None:
    shop.control("seed")
    [page] = shop.reader.read("customers", moment(), None)
    emails = {records("customers", raw)[Kind.CUSTOMER].email for raw in page.items}
    assert {"ann@example.com", "nikos@example.com", "owner@example.com"} <= emails
    assert page.mark is None
    number = page.items[0].external_id
    assert [raw.external_id for raw in shop.reader.fetch("customers", [number])] == [
        number
    ]


def test_new_ids_are_listed_since_a_moment(shop: Shop) -> None:
    old, new = moment(5000), moment(100)
    shop.control("seed", products=[product_row(1, old), product_row(2, new)])
    customers = [
        {"id": 70, "email": "o@example.com", "username": "o", "date_created_gmt": old},
        {"id": 71, "email": "n@example.com", "username": "n", "date_created_gmt": new},
    ]
    shop.control("seed", customers=customers)
    since = datetime.now(UTC) - timedelta(seconds=1000)
    assert list(shop.reader.ids("products", since)) == ["2"]
    found = list(shop.reader.ids("customers", since))
    assert "71" in found
    assert "70" not in found
    exactly = datetime.fromisoformat(new).replace(tzinfo=UTC)
    assert list(shop.reader.ids("products", exactly)) == ["2"]
    assert list(shop.reader.ids("settings", since)) == []


def test_settings_are_rows_of_their_own(shop: Shop) -> None:
    shop.control("settings", currency="EUR", weight_unit="oz")
    [page] = shop.reader.read("settings", None, None)
    told = {}
    for raw in page.items:
        setting = records("settings", raw)[Kind.SETTING]
        told[setting.external_id] = setting.value
    assert told["currency"] == "EUR"
    assert told["weight_unit"] == "oz"
    [one] = shop.reader.fetch("settings", ["currency"])
    assert one.external_id == "currency"


def refunded(shop: Shop, *amounts: str) -> str:
    """An order of 99, given back in these amounts."""
    shop.control("seed", products=[product_row(10, moment(60), regular_price="99.00")])
    lines = [{"product_id": 10, "quantity": 1}]
    made = shop.control("order", set_paid=True, line_items=lines)
    for amount in amounts:
        shop.control("refund", id=made["id"], amount=amount)
    return str(made["id"])


def test_an_order_comes_with_its_refunds_inside_however_it_is_read(shop: Shop) -> None:
    number = refunded(shop, "1.50", "2.00")
    read = [
        raw for page in shop.reader.read("orders", None, None) for raw in page.items
    ]
    changed = [
        raw
        for page in shop.reader.read("orders", moment(90), None)
        for raw in page.items
    ]
    fetched = list(shop.reader.fetch("orders", [number]))
    assert {raw.body for raw in (*read, *changed, *fetched)} == {read[0].body}
    row = parse(read[0].body or b"")
    assert [refund["amount"] for refund in row[REFUNDS]] == ["1.500000", "2.000000"]
    assert [refund["total"] for refund in row["refunds"]] == ["-2.000000", "-1.500000"]


def test_more_refunds_than_a_page_are_all_read(shop: Shop) -> None:
    number = refunded(shop, *["0.50"] * 101)
    [raw] = shop.reader.fetch("orders", [number])
    assert len(parse(raw.body or b"")[REFUNDS]) == 101


def test_only_a_refunded_order_costs_a_call_more(shop: Shop) -> None:
    number = refunded(shop, "1.50")
    for _ in range(3):
        shop.control("order", line_items=[{"product_id": 10, "quantity": 1}])
    shop.forget_calls()
    [page] = shop.reader.read("orders", moment(90), None)
    paths = [call["path"].rpartition("/wc/v3/")[2] for call in shop.seen()]
    assert len(page.items) == 4
    assert paths == ["orders", f"orders/{number}/refunds"]
    plain = [raw for raw in page.items if raw.external_id != number]
    assert all(REFUNDS not in parse(raw.body or b"") for raw in plain)


def test_a_refund_is_a_change_of_its_order(shop: Shop) -> None:
    number = refunded(shop)
    [before] = shop.reader.fetch("orders", [number])
    shop.control("refund", id=int(number), amount="5.00", reason="Late")
    [after] = shop.reader.fetch("orders", [number])
    assert after.version >= before.version
    assert after.body != before.body
    [found] = sales.REFUND.records(parse(after.body or b""), context())
    assert (found.total, found.reason) == (5, "Late")
