"""How products, categories, stock and prices get into the shop, whatever it answers."""

import pytest
import responses

from connectors.woocommerce.client import Client
from connectors.woocommerce.items import MARK
from connectors.woocommerce.sandbox.auth import READ_KEY, READ_SECRET
from connectors.woocommerce.writer import Writer
from integration.canonical.catalog import Category, Product, Variant
from integration.canonical.kinds import Kind
from integration.contract.messages import Action, Outgoing, Wanted
from integration.errors import (
    BadCredentials,
    BadRecord,
    TooLarge,
    Transient,
    Unknown,
)
from integration.http.auth import NoAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import (
    Shop,
    by_uid,
    creating,
    updating,
)


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


def wanted(sku: str, uid: str = "u") -> Wanted:
    variant = Variant(external_id="1", sku=sku)
    return Wanted(uid, Product(external_id="1", title="t", variants=(variant,)))


def make(shop: Shop, *skus: str) -> dict[str, str]:
    """Products by SKU; gives their ids."""
    outcomes = list(shop.writer.write(Kind.PRODUCT, [creating(sku) for sku in skus]))
    return {sku: one.parts[sku] for sku, one in zip(skus, outcomes, strict=True)}


def test_creations_and_changes_go_in_one_call_and_each_has_its_outcome(
    shop: Shop,
) -> None:
    old = make(shop, "OLD")["OLD"]
    shop.forget_calls()
    batch = [
        creating("A", name="Första", description="<p>x</p>"),
        updating(old, sku="OLD", name="Νέο"),
        creating("B"),
    ]
    found = by_uid(shop.writer.write(Kind.PRODUCT, batch))
    assert [call["method"] for call in shop.seen()] == ["POST"]
    assert {one.error for one in found.values()} == {None}
    assert found["uid-A"].external_id == str(shop.product("A")["id"])
    assert found["uid-A"].parts == {"A": found["uid-A"].external_id}
    assert found[f"uid-{old}"].external_id == old
    assert shop.product("OLD")["name"] == "Νέο"
    assert shop.product("A")["name"] == "Första"


def test_a_new_product_carries_our_mark_and_a_change_does_not_touch_it(
    shop: Shop,
) -> None:
    number = make(shop, "A")["A"]
    list(shop.writer.write(Kind.PRODUCT, [updating(number, sku="A", name="New")]))
    marks = [
        entry["value"]
        for entry in shop.product("A")["meta_data"]
        if entry["key"] == MARK
    ]
    assert marks == ["uid-A"]


def test_a_merchants_own_meta_fields_are_written_by_key(shop: Shop) -> None:
    number = make(shop, "A")["A"]
    change = updating(number, sku="A", meta_data={"season": "winter"})
    assert [one.error for one in shop.writer.write(Kind.PRODUCT, [change])] == [None]
    meta = {row["key"]: row["value"] for row in shop.product("A")["meta_data"]}
    assert meta["season"] == "winter"


def test_the_answer_is_a_row_of_the_products_list_byte_for_byte(shop: Shop) -> None:
    [outcome] = shop.writer.write(Kind.PRODUCT, [creating("A")])
    [(stream, raw)] = outcome.echo
    assert stream == "products"
    assert raw.external_id == outcome.external_id
    [read] = shop.reader.fetch("products", [raw.external_id])
    assert raw.version == read.version
    assert raw.body is not None
    assert raw.body.startswith(b"{")


def test_a_sku_taken_in_the_meantime_is_adopted(shop: Shop) -> None:
    holder = make(shop, "sku-1")["sku-1"]
    late = creating("SKU-1", slug="mine", name="Mine")
    [outcome] = shop.writer.write(Kind.PRODUCT, [late])
    assert (outcome.external_id, outcome.error) == (holder, None)
    assert shop.product("SKU-1")["name"] == "Mine"
    assert shop.product("SKU-1")["slug"] == "sku-1"


def test_a_sku_held_by_a_variation_is_refused_in_words(shop: Shop) -> None:
    shop.control(
        "seed",
        products=[{"id": 900, "name": "Tee", "type": "variable", "sku": "TEE"}],
        variations=[{"id": 901, "parent_id": 900, "type": "variation", "sku": "TEE-S"}],
    )
    [outcome] = shop.writer.write(Kind.PRODUCT, [creating("TEE-S")])
    assert outcome.external_id is None
    assert outcome.error is not None
    assert outcome.error.code == "sku_taken"


def test_a_change_to_anothers_sku_is_that_items_problem_alone(shop: Shop) -> None:
    ids = make(shop, "A", "B")
    batch = [updating(ids["A"], sku="B"), updating(ids["B"], sku="B", name="Bee")]
    found = by_uid(shop.writer.write(Kind.PRODUCT, batch))
    error = found[f"uid-{ids['A']}"].error
    assert isinstance(error, BadRecord)
    assert (error.field, error.code) == ("sku", "product_invalid_sku")
    assert found[f"uid-{ids['B']}"].error is None


def test_a_change_of_what_was_deleted_there_says_so(shop: Shop) -> None:
    number = make(shop, "A")["A"]
    shop.control("drop", kind="product", id=int(number), force=True)
    [outcome] = shop.writer.write(Kind.STOCK, [updating(number, stock_quantity=1)])
    assert outcome.error is not None
    assert outcome.error.code == "gone_on_target"


def test_a_change_of_what_lies_in_the_trash_says_so(shop: Shop) -> None:
    number = make(shop, "A")["A"]
    shop.control("drop", kind="product", id=int(number))
    [outcome] = shop.writer.write(Kind.PRICE, [updating(number, regular_price="1.00")])
    assert outcome.error is not None
    assert outcome.error.code == "gone_on_target"


def test_stock_and_price_are_changes_of_the_product(shop: Shop) -> None:
    number = make(shop, "A")["A"]
    stock = updating(number, manage_stock=True, stock_quantity=4)
    price = updating(number, regular_price="12.50")
    [first] = shop.writer.write(Kind.STOCK, [stock])
    [second] = shop.writer.write(Kind.PRICE, [price])
    assert (first.error, second.error) == (None, None)
    row = shop.product("A")
    assert (row["stock_quantity"], row["regular_price"]) == (4, "12.50")


def test_a_price_is_taken_away_by_an_empty_text(shop: Shop) -> None:
    number = make(shop, "A")["A"]
    list(shop.writer.write(Kind.PRICE, [updating(number, regular_price="5.00")]))
    [outcome] = shop.writer.write(Kind.PRICE, [updating(number, regular_price="")])
    assert outcome.error is None
    assert shop.product("A")["regular_price"] == ""


def test_what_is_not_counted_sends_no_number(shop: Shop) -> None:
    number = make(shop, "A")["A"]
    change = updating(number, manage_stock=False, stock_quantity=None)
    [outcome] = shop.writer.write(Kind.STOCK, [change])
    assert outcome.error is None
    assert shop.product("A")["manage_stock"] is False


def test_a_batch_of_101_is_too_large(shop: Shop) -> None:
    batch = [creating(f"S{n}") for n in range(101)]
    with pytest.raises(TooLarge):
        list(shop.writer.write(Kind.PRODUCT, batch))
    assert shop.ledger("products") == []


def test_new_products_without_an_answer_are_of_unknown_outcome(shop: Shop) -> None:
    shop.fault(method="POST", path=".*batch", kind="drop_after", times=1)
    with pytest.raises(Unknown):
        list(shop.writer.write(Kind.PRODUCT, [creating("A")]))
    [found] = shop.writer.find(Kind.PRODUCT, [wanted("A")])
    assert found.external_ids == (str(shop.product("A")["id"]),)


def test_changes_without_an_answer_are_repeated_for_they_say_the_same(
    shop: Shop,
) -> None:
    number = make(shop, "A")["A"]
    shop.fault(method="POST", path=".*batch", kind="drop_after", times=1)
    change = updating(number, manage_stock=True, stock_quantity=3)
    [outcome] = shop.writer.write(Kind.STOCK, [change])
    assert outcome.error is None
    assert shop.product("A")["stock_quantity"] == 3


def test_a_batch_of_changes_that_takes_too_long_is_to_be_halved(shop: Shop) -> None:
    ids = make(shop, "A", "B")
    shop.fault(method="POST", path=".*batch", kind="timeout_after", delay=60, times=-1)
    writer = Writer(shop.client(read_timeout=1))
    both = [updating(number, stock_quantity=1) for number in ids.values()]
    with pytest.raises(TooLarge):
        list(writer.write(Kind.STOCK, both))
    with pytest.raises(Transient) as caught:
        list(writer.write(Kind.STOCK, both[:1]))
    assert not isinstance(caught.value, TooLarge)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 508])
def test_a_broken_host_leaves_new_products_unknown(shop: Shop, status: int) -> None:
    shop.fault(
        method="POST",
        path=".*batch",
        kind="status",
        status=status,
        body="<html>sorry</html>",
        times=-1,
    )
    with pytest.raises(Unknown):
        list(shop.writer.write(Kind.PRODUCT, [creating("A")]))


def test_a_firewalls_page_is_tried_again_later(shop: Shop) -> None:
    body = "<html>blocked</html>"
    shop.fault(method="POST", path=".*", kind="status", status=403, body=body, times=1)
    with pytest.raises(Transient):
        list(shop.writer.write(Kind.PRODUCT, [creating("A")]))


def test_a_page_of_html_in_place_of_an_answer_is_unknown(shop: Shop) -> None:
    shop.fault(method="POST", path=".*batch", kind="garbage", times=1)
    with pytest.raises(Unknown):
        list(shop.writer.write(Kind.PRODUCT, [creating("A")]))


def test_a_read_key_cannot_write(shop: Shop) -> None:
    keys = {"consumer_key": READ_KEY, "consumer_secret": READ_SECRET}
    with pytest.raises(BadCredentials, match="write permissions"):
        list(Writer(shop.client(keys)).write(Kind.PRODUCT, [creating("A")]))


def test_products_are_found_by_sku_in_whatever_case(shop: Shop) -> None:
    ids = make(shop, "Abc-1", "x")
    found = list(
        shop.writer.find(
            Kind.PRODUCT, [wanted("ABC-1", "one"), wanted("abc", "two"), wanted("")]
        )
    )
    assert [(one.uid, one.external_ids, one.by) for one in found] == [
        ("one", (ids["Abc-1"],), "sku")
    ]


def test_250_skus_are_looked_for_in_three_calls(shop: Shop) -> None:
    number = make(shop, "S200")["S200"]
    shop.forget_calls()
    asked = [wanted(f"S{n}", f"u{n}") for n in range(250)]
    [found] = shop.writer.find(Kind.PRODUCT, asked)
    assert (found.uid, found.external_ids) == ("u200", (number,))
    assert len(shop.seen()) == 3


def test_a_variation_is_no_counterpart_of_a_product(shop: Shop) -> None:
    row = {"id": 901, "parent_id": 900, "type": "variation", "sku": "TEE-S"}
    shop.control("seed", variations=[row])
    assert list(shop.writer.find(Kind.PRODUCT, [wanted("TEE-S")])) == []


def category(name: str, external_id: str | None = None) -> Outgoing:
    action = Action.UPDATE if external_id else Action.CREATE
    payload = {"name": name, "parent": None}
    return Outgoing(f"uid-{name}", action, external_id, payload, "key")


def test_categories_are_made_renamed_and_found_by_name(shop: Shop) -> None:
    [made] = shop.writer.write(Kind.CATEGORY, [category("Salt & peppar")])
    assert made.error is None
    record = Category(external_id="1", name="salt & Peppar")
    [found] = shop.writer.find(Kind.CATEGORY, [Wanted("u", record)])
    assert (found.external_ids, found.by) == ((made.external_id,), "name")
    [renamed] = shop.writer.write(
        Kind.CATEGORY, [category("Kryddor", str(made.external_id))]
    )
    assert (renamed.external_id, renamed.error) == (made.external_id, None)
    names = {row["name"] for row in shop.ledger("terms")}
    assert "Kryddor" in names


def test_a_category_that_exists_is_adopted(shop: Shop) -> None:
    [first] = shop.writer.write(Kind.CATEGORY, [category("Oil")])
    [second] = shop.writer.write(Kind.CATEGORY, [category("Oil")])
    assert (second.external_id, second.error) == (first.external_id, None)


def answering(body: str, status: int = 200) -> Writer:
    """A writer on a shop that answers every batch like this."""
    responses.add(
        responses.POST,
        "https://shop.example.com/wp-json/wc/v3/products/batch",
        body=body,
        status=status,
    )
    door = Http(
        base_url="https://shop.example.com/wp-json/wc/v3",
        auth=NoAuth(),
        meter=FreeMeter(),
    )
    return Writer(Client({}, door))


@responses.activate
@pytest.mark.parametrize(
    "body",
    [
        "\ufeff{}",
        "<br />\n<b>Warning</b>: x in y.php\n{}",
        "",
        "[]",
        '{"create":[]}',
        '{"create":[7]}',
    ],
)
def test_an_answer_that_does_not_say_what_became_of_it_is_unknown(body: str) -> None:
    with pytest.raises(Unknown):
        list(answering(body).write(Kind.PRODUCT, [creating("A")]))


@responses.activate
def test_a_business_error_worded_as_a_broken_server_is_permanent() -> None:
    body = '{"code":"woocommerce_rest_cannot_do","message":"No","data":500}'
    with pytest.raises(BadRecord, match="No"):
        list(answering(body, 500).write(Kind.PRODUCT, [creating("A")]))


@responses.activate
def test_a_crash_told_in_json_is_unknown_for_new_products() -> None:
    body = '{"code":"internal_server_error","message":"critical","data":{"status":500}}'
    with pytest.raises(Unknown):
        list(answering(body, 500).write(Kind.PRODUCT, [creating("A")]))
