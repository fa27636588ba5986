"""The traps of WooCommerce's API, each walked into on purpose.

They are numbered as in the notes the connector was written from; a number that is
missing fails.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import responses

from connectors.woocommerce import CONNECTOR, mapping, sales
from connectors.woocommerce.client import Client
from connectors.woocommerce.webhooks import Webhooks
from integration.canonical.catalog import Price, Product, Variant
from integration.canonical.codec import fingerprint
from integration.canonical.kinds import Kind
from integration.canonical.values import Money, Ref
from integration.contract.connector import CursorType
from integration.contract.messages import Request, Wanted
from integration.errors import BadCredentials, BadRecord, TooLarge
from integration.http.auth import BasicAuth
from integration.http.body import parse
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import (
    Shop,
    by_uid,
    context,
    creating,
    moment,
    pictures,
    updating,
)

TRAPS = range(1, 16)


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


def rows(count: int, changed: str = "", **fields: Any) -> list[dict[str, Any]]:
    """Products for a shop, all changed at one moment."""
    at = changed or moment(600)
    dates = {"date_created_gmt": at, "date_modified_gmt": at}
    return [
        {"id": 100 + n, "name": f"P{n}", "sku": f"S{n}", **dates, **fields}
        for n in range(count)
    ]


def read(shop: Shop, stream: str, since: str | None) -> list[str]:
    return [
        raw.external_id
        for page in shop.reader.read(stream, since, None)
        for raw in page.items
    ]


def test_every_trap_has_its_test() -> None:
    numbers = {
        int(found[1])
        for name in globals()
        if (found := re.match(r"test_trap_(\d+)_", name))
    }
    assert numbers == set(TRAPS)


@pytest.mark.parametrize("hours", [-8, 0, 2, 5.5])
def test_trap_1_dates_are_asked_for_in_gmt_whatever_the_sites_zone(
    shop: Shop, hours: float
) -> None:
    shop.control("settings", site_offset_hours=hours)
    edge = moment(1000)
    shop.control("seed", products=[*rows(1, edge), *rows(2, moment(1400))[1:]])
    assert read(shop, "products", edge) == ["100"]
    [call] = [call for call in shop.seen() if call["method"] == "GET"][-1:]
    assert "dates_are_gmt=true" in call["query"]
    assert re.search(r"modified_after=[\dT%A:-]+(&|$)", call["query"])


def test_trap_1_what_changed_in_the_second_of_the_mark_is_not_lost(shop: Shop) -> None:
    mark = moment(30)
    shop.control("seed", products=rows(3, mark))
    assert read(shop, "products", mark) == ["100", "101", "102"]


def test_trap_2_a_picture_the_shop_has_is_never_uploaded_again(shop: Shop) -> None:
    with pictures() as (root, asked):
        images = [{"key": "a", "src": f"{root}/a.png", "alt": "front"}]
        [made] = shop.writer.write(Kind.PRODUCT, [creating("A", images=images)])
        for name in ("one", "two", "three"):
            resigned = [{**images[0], "src": f"{root}/a.png?signature={name}"}]
            change = updating(
                str(made.external_id), made.handles, sku="A", name=name, images=resigned
            )
            [again] = shop.writer.write(Kind.PRODUCT, [change])
            assert (again.error, again.handles) == (None, made.handles)
    assert asked == ["/a.png"]
    assert len(shop.ledger("attachments")) == 1
    assert CONNECTOR.writes[Kind.PRODUCT].volatile == ("src",)


def test_trap_3_over_plain_http_calls_are_signed_not_sent_with_a_password(
    shop: Shop,
) -> None:
    assert shop.client().get("products").slices() == []
    password = BasicAuth("ck_x", "cs_x")
    door = Http(
        base_url=CONNECTOR.base_url(shop.settings),
        auth=password,
        meter=FreeMeter(),
        rules=HttpRules(allow_loopback=True),
    )
    with pytest.raises(BadCredentials) as caught:
        Client(shop.settings, door).get("products")
    assert "https" in caught.value.hint


@responses.activate
def test_trap_3_a_refusal_over_https_names_the_proxy_as_a_suspect() -> None:
    body = {"code": "woocommerce_rest_cannot_view", "message": "Sorry."}
    responses.add(responses.GET, re.compile(".*"), json=body, status=401)
    settings = {"url": "https://shop.example.com"}
    keys = {"consumer_key": "ck_1", "consumer_secret": "cs_1"}
    door = Http(
        base_url=CONNECTOR.base_url(settings),
        auth=CONNECTOR.auth(settings, keys),
        meter=FreeMeter(),
    )
    with pytest.raises(BadCredentials) as caught:
        Client(settings, door).get("products")
    assert "proxy" in caught.value.hint


def test_trap_4_two_deliveries_of_one_second_are_two_events(
    recorded_exchanges: Path,
) -> None:
    path = recorded_exchanges / "woocommerce" / "webhook_deliveries.json"
    webhooks = Webhooks({}, {"webhook_secret": "s3cret"})
    named: dict[str, list[Any]] = {}
    for row in json.loads(path.read_text()):
        request = Request("POST", "/", "", row["headers"], row["body"].encode())
        delivery = row["headers"].get("X-WC-Webhook-Delivery-ID", "")
        named.setdefault(delivery, []).extend(webhooks.events(request))
    shared = [events for events in named.values() if len(events) > 1]
    assert len(shared) == 2
    for first, second in shared:
        assert first.ids != second.ids
        assert (first.id, second.id) == ("", "")


def test_trap_4_a_webhook_the_shop_switched_off_is_switched_on_again(
    shop: Shop,
) -> None:
    client = shop.client()
    url = "http://127.0.0.1:9/hooks/1/t/"
    webhooks = Webhooks({}, {"webhook_secret": "s"})
    webhooks.sync(client, url, "s", ("orders",))
    for hook in shop.ledger("webhooks"):
        client.send("PUT", f"webhooks/{hook['id']}", {"status": "disabled"})
    webhooks.sync(client, url, "s", ("orders",))
    assert {hook["status"] for hook in shop.ledger("webhooks")} == {"active"}


@pytest.mark.parametrize("amount", ["9.95", "9.949999", "1234.5"])
def test_trap_5_a_price_arrives_as_the_amount_it_is(shop: Shop, amount: str) -> None:
    shop.control("seed", products=rows(1))
    money = Money(Decimal(amount), "USD")
    price = Price(external_id="1", variant=Ref(Kind.VARIANT, "1"), money=money)
    [done] = shop.writer.write(
        Kind.PRICE, [updating("100", **mapping.PRICE_OUT(price, context()))]
    )
    assert done.error is None
    assert Decimal(shop.product("S0")["regular_price"]) == round(Decimal(amount), 2)


@pytest.mark.parametrize("sent", ["9,95", "abc"])
def test_trap_5_a_price_the_shop_bent_is_told(shop: Shop, sent: str) -> None:
    shop.control("seed", products=rows(1))
    [done] = shop.writer.write(Kind.PRICE, [updating("100", regular_price=sent)])
    assert isinstance(done.error, BadRecord)
    assert (done.error.field, done.error.code) == ("regular_price", "not_taken")


def test_trap_5_a_category_the_shop_dropped_is_told(shop: Shop) -> None:
    [done] = shop.writer.write(
        Kind.PRODUCT, [creating("A", categories=[{"id": 424242}])]
    )
    assert done.external_id == str(shop.product("A")["id"])
    assert isinstance(done.error, BadRecord)
    assert (done.error.field, done.error.code) == ("categories", "not_taken")


def test_trap_5_stock_the_shop_does_not_count_is_told(shop: Shop) -> None:
    shop.control("seed", products=rows(1))
    [done] = shop.writer.write(Kind.STOCK, [updating("100", stock_quantity=3)])
    assert isinstance(done.error, BadRecord)
    assert done.error.field == "stock_quantity"


def test_trap_5_a_product_without_a_name_is_not_sent() -> None:
    variants = (Variant(external_id="1", sku="A"),)
    with pytest.raises(BadRecord) as caught:
        mapping.PRODUCT_OUT(
            Product(external_id="1", title="", variants=variants), context()
        )
    assert caught.value.field == "name"


def test_trap_5_an_order_of_a_product_that_never_was_keeps_its_line(shop: Shop) -> None:
    made = shop.control("order", line_items=[{"product_id": 999999, "quantity": 1}])
    [raw] = shop.reader.fetch("orders", [str(made["id"])])
    order = sales.ORDER(parse(raw.body or b""), context())
    assert [(line.variant, line.sku) for line in order.lines] == [(None, "")]


@pytest.mark.parametrize("sku", ["A", "a"])
def test_trap_6_a_trashed_product_that_holds_the_sku_is_restored(
    shop: Shop, sku: str
) -> None:
    [made] = shop.writer.write(Kind.PRODUCT, [creating("A", name="Old")])
    shop.control("drop", kind="product", id=int(str(made.external_id)))
    variants = (Variant(external_id="1", sku=sku),)
    wanted = Wanted("u", Product(external_id="1", title="t", variants=variants))
    assert list(shop.writer.find(Kind.PRODUCT, [wanted])) == []
    [again] = shop.writer.write(Kind.PRODUCT, [creating(sku, name="New")])
    assert (again.external_id, again.error) == (made.external_id, None)
    row = shop.product(sku)
    assert (row["status"], row["name"]) == ("publish", "New")


def test_trap_7_errors_inside_a_good_answer_are_found(shop: Shop) -> None:
    shop.control("seed", products=rows(1))
    batch = [
        creating("A"),
        creating("B", regular_price=9),
        updating("424242", sku="Z", name="x"),
        updating("100", sku="S0", name="Renamed"),
        creating("C"),
    ]
    found = by_uid(shop.writer.write(Kind.PRODUCT, batch))
    assert len(found) == 5
    wrong = {uid: one.error.code for uid, one in found.items() if one.error}
    assert wrong == {"uid-B": "rest_invalid_param", "uid-424242": "gone_on_target"}
    error = found["uid-B"].error
    assert isinstance(error, BadRecord)
    assert error.field == "regular_price"
    for sku in ("A", "C"):
        assert found[f"uid-{sku}"].external_id == str(shop.product(sku)["id"])
    assert shop.product("S0")["name"] == "Renamed"


def test_trap_7_a_call_carries_100_things_of_all_sorts_together(shop: Shop) -> None:
    shop.control("seed", products=rows(50))
    changes = [updating(str(100 + n), sku=f"S{n}", name="x") for n in range(50)]
    new = [creating(f"N{n}") for n in range(51)]
    with pytest.raises(TooLarge):
        list(shop.writer.write(Kind.PRODUCT, changes + new))
    assert len(shop.ledger("products")) == 50
    done = list(shop.writer.write(Kind.PRODUCT, changes + new[:50]))
    assert [one.error for one in done] == [None] * 100
    assert CONNECTOR.writes[Kind.PRODUCT].batch == 100


def test_trap_8_a_write_that_changes_nothing_is_seen_as_no_change(shop: Shop) -> None:
    old = moment(5000)
    shop.control("seed", products=rows(1, old, categories=[{"id": 15}]))
    [before] = shop.reader.fetch("products", ["100"])
    [done] = shop.writer.write(Kind.PRODUCT, [updating("100", sku="S0")])
    [(_, echo)] = done.echo
    [after] = shop.reader.fetch("products", ["100"])
    assert before.version == old
    assert after.version > before.version
    prints = {
        fingerprint(mapping.PRODUCT(parse(raw.body or b""), context()))
        for raw in (before, echo, after)
    }
    assert len(prints) == 1


def test_trap_9_lines_are_net_and_exact_though_the_shop_shows_gross(
    shop: Shop,
) -> None:
    shop.control("settings", tax_rate=24, prices_include_tax="yes")
    shop.control("seed", products=rows(1, regular_price="9.99"))
    made = shop.control("order", line_items=[{"product_id": 100, "quantity": 7}])
    [raw] = shop.reader.fetch("orders", [str(made["id"])])
    order = sales.ORDER(parse(raw.body or b""), context())
    [line] = order.lines
    assert (line.net, line.tax) == (Decimal("56.395161"), Decimal("13.534839"))
    assert line.unit_price == Decimal("8.056452")
    assert order.total == Decimal("69.93")
    assert line.net + line.tax == order.total


def test_trap_10_customers_are_read_whole_for_they_cannot_be_asked_for_changes(
    shop: Shop,
) -> None:
    assert CONNECTOR.stream("customers").cursor == CursorType.NONE
    shop.control("seed")
    everyone = read(shop, "customers", None)
    shop.forget_calls()
    assert read(shop, "customers", moment()) == everyone
    assert len(everyone) == 3
    assert all("modified" not in call["query"] for call in shop.seen())


def test_trap_11_a_refund_too_high_is_a_refusal_though_worded_as_a_broken_server(
    shop: Shop,
) -> None:
    shop.control("seed", products=rows(1, regular_price="5.00"))
    lines = [{"product_id": 100, "quantity": 1}]
    made = shop.control("order", line_items=lines, set_paid=True)
    refund = {"amount": "50.00", "api_refund": False}
    with pytest.raises(BadRecord) as caught:
        shop.client().send("POST", f"orders/{made['id']}/refunds", refund)
    assert caught.value.code == "woocommerce_rest_cannot_create_order_refund"


@pytest.mark.parametrize("classic", [True, False])
def test_trap_12_nothing_depends_on_where_the_shop_keeps_its_orders(
    shop: Shop, classic: bool
) -> None:
    shop.control("settings", classic_store=classic)
    shop.control("seed", products=rows(1, regular_price="5.00"))
    made = shop.control("order", line_items=[{"product_id": 100, "quantity": 1}])
    shop.forget_calls()
    assert read(shop, "orders", moment(60)) == [str(made["id"])]
    assert read(shop, "orders", None) == [str(made["id"])]
    list(shop.reader.ids("orders", datetime.now(UTC) - timedelta(hours=1)))
    assert all("search" not in call["query"] for call in shop.seen())


def test_trap_12_an_order_trashed_in_the_classic_store_is_looked_up_not_believed(
    shop: Shop,
) -> None:
    # The classic store tells of a trashed order as a deleted product.
    webhooks = Webhooks({}, {"webhook_secret": "s"})
    headers = {"X-WC-Webhook-Topic": "product.deleted"}
    body = Request("POST", "/", "", headers, b'{"id":100}')
    shop.control("seed", products=rows(1))
    [event] = webhooks.events(body)
    found = [raw.gone for raw in shop.reader.fetch(event.stream, event.ids)]
    assert found == [False]


def test_trap_13_order_lines_are_never_written() -> None:
    assert set(CONNECTOR.writes) == {
        Kind.CATEGORY,
        Kind.PRODUCT,
        Kind.STOCK,
        Kind.PRICE,
    }


def test_trap_14_a_plugins_status_and_number_are_taken_as_they_are(shop: Shop) -> None:
    made = shop.control("order", status="processing")
    row = {**made, "id": 7001, "number": "2026-0042", "status": "partially-shipped"}
    order = sales.ORDER(row, context())
    status = sales.ORDER_STATUS(row, context())
    assert (order.external_id, order.number) == ("7001", "2026-0042")
    assert status.word == "partially-shipped"


def test_trap_15_orders_that_come_in_while_we_page_hide_none(shop: Shop) -> None:
    shop.control("seed", products=rows(1, regular_price="1.00"))
    lines = [{"product_id": 100, "quantity": 1}]
    before = {
        str(shop.control("order", line_items=lines, status="processing")["id"])
        for _ in range(150)
    }
    for since in (moment(600), None):
        reading = shop.reader.read("orders", since, None)
        found = [raw.external_id for raw in next(reading).items]
        for number in found[:20]:
            shop.control(
                "edit", kind="order", id=int(number), changes={"status": "completed"}
            )
        late = str(shop.control("order", line_items=lines)["id"])
        found += [raw.external_id for page in reading for raw in page.items]
        assert before <= set(found)
        before.add(late)
