"""Our words for the shop's: what a product, its stock and its price are sent as."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.woocommerce import mapping, sales
from connectors.woocommerce.payload import slug
from integration.canonical.catalog import (
    Category,
    Image,
    Level,
    Price,
    Product,
    Status,
    Stock,
    Variant,
)
from integration.canonical.kinds import Kind
from integration.canonical.values import Money, Ref
from integration.contract.mapping import Context
from integration.errors import (
    BadConfig,
    BadRecord,
    MissingLink,
    Unsupported,
)
from tests.connectors.woocommerce.shop import (
    context,
)


@pytest.mark.parametrize(
    ("title", "reference", "expected"),
    [
        ("Halo Ring", "RNG-1042", "halo-ring-RNG-1042"),
        ("RNG-1042", "RNG-1042", "RNG-1042"),
        ("A  B", "7", "a--b-7"),
        ("Ελιά & Åre!", "9", "ελιά-&-åre!-9"),
        ("Halo Ring", "", None),
    ],
)
def test_the_slug_follows_crystals_rule(
    title: str, reference: str, expected: str | None
) -> None:
    product = Product(external_id="1", title=title, reference=reference)
    assert slug(product) == expected


def product(**changes: Any) -> Product:
    fields: dict[str, Any] = {
        "external_id": "1",
        "title": "Halo Ring",
        "reference": "RNG-1042",
        "description_html": "<p>x</p>",
        "summary": "y",
        "categories": (Ref(Kind.CATEGORY, "c1", {"name": "Rings"}),),
        "tags": ("gold", "gold", "νέο"),
        "images": (Image(key="k", url="https://x/k?s=1"), Image(key="k", url="u")),
        "variants": (Variant(external_id="1", sku="uuid-1", backorder=True),),
    }
    return Product(**{**fields, **changes})


LINKED = Context(ids={(Kind.CATEGORY, "c1"): "31"})


def test_a_product_becomes_the_shops_fields() -> None:
    assert mapping.PRODUCT_OUT(product(), LINKED) == {
        "sku": "uuid-1",
        "type": "simple",
        "name": "Halo Ring",
        "slug": "halo-ring-RNG-1042",
        "status": "publish",
        "catalog_visibility": "visible",
        "description": "<p>x</p>",
        "short_description": "y",
        "categories": [{"id": 31}],
        "tags": [{"name": "gold"}, {"name": "νέο"}],
        "images": [{"key": "k", "src": "u", "alt": ""}],
    }


def test_what_is_no_longer_offered_is_put_away_as_the_merchant_chose() -> None:
    gone = product(status=Status.DISCONTINUED, published=False)
    out = mapping.PRODUCT_OUT(gone, LINKED)
    assert (out["status"], out["catalog_visibility"]) == ("draft", "hidden")
    private = Context(ids=LINKED.ids, settings={"unpublish_as": "private"})
    assert mapping.PRODUCT_OUT(gone, private)["status"] == "private"


@pytest.mark.parametrize(
    ("allowed", "word", "sent"),
    [
        (True, "notify", "notify"),
        (True, "yes", "yes"),
        (False, "notify", "no"),
        (None, "notify", None),
    ],
)
def test_backorders_are_worded_as_the_merchant_chose(
    allowed: bool | None, word: str, sent: str | None
) -> None:
    told = Context(settings={"backorder_word": word})
    stock = Stock(
        external_id="1", variant=Ref(Kind.VARIANT, "1"), levels=(), backorder=allowed
    )
    assert mapping.STOCK_OUT(stock, told)["backorders"] == sent


def test_a_product_of_several_forms_is_not_written_and_says_why() -> None:
    two = (Variant(external_id="1", sku="a"), Variant(external_id="2", sku="b"))
    with pytest.raises(Unsupported, match="2 forms"):
        mapping.PRODUCT_OUT(product(variants=two), LINKED)


@pytest.mark.parametrize("variants", [(), (Variant(external_id="1"),)])
def test_a_product_without_a_sku_is_refused(variants: tuple[Variant, ...]) -> None:
    with pytest.raises(BadRecord) as caught:
        mapping.PRODUCT_OUT(product(variants=variants), LINKED)
    assert caught.value.field == "sku"


def test_a_category_that_is_not_there_yet_is_waited_for() -> None:
    with pytest.raises(MissingLink):
        mapping.PRODUCT_OUT(product(), Context())


def test_a_category_is_written_below_its_parent() -> None:
    child = Category(external_id="2", name="Ring", parent=Ref(Kind.CATEGORY, "c1"))
    assert mapping.CATEGORY_OUT(child, LINKED) == {"name": "Ring", "parent": 31}


@pytest.mark.parametrize(
    ("available", "sent"), [("7", 7), ("7.9", 7), ("-2", 0), ("-0.5", 0), ("0", 0)]
)
def test_stock_is_sent_in_whole_things_and_never_below_zero(
    available: str, sent: int
) -> None:
    variant = Ref(Kind.VARIANT, "1")
    levels = (Level(available=Decimal(available)),)
    stock = Stock(external_id="1", variant=variant, levels=levels)
    assert mapping.STOCK_OUT(stock, context()) == {
        "manage_stock": True,
        "stock_quantity": sent,
        "backorders": None,
    }
    gone = Stock(external_id="1", variant=variant)
    assert mapping.STOCK_OUT(gone, context())["stock_quantity"] == 0


def price(amount: str, currency: str = "USD", **more: Any) -> Price:
    money = Money(Decimal(amount), currency)
    return Price(external_id="1", variant=Ref(Kind.VARIANT, "1"), money=money, **more)


@pytest.mark.parametrize(
    ("amount", "decimals", "sent"),
    [
        ("9.9", "2", "9.90"),
        ("9.995", "2", "10.00"),
        ("9.994999", "2", "9.99"),
        ("1234567.5", "2", "1234567.50"),
        ("1E+3", "2", "1000.00"),
        ("12.5", "0", "13"),
        ("0", "2", "0.00"),
    ],
)
def test_a_price_is_text_with_a_dot_and_the_shops_decimals(
    amount: str, decimals: str, sent: str
) -> None:
    told = context(price_num_decimals=decimals)
    assert mapping.PRICE_OUT(price(amount), told) == {"regular_price": sent}


def test_no_price_takes_the_one_there_away_and_a_negative_one_is_refused() -> None:
    none = Price(external_id="1", variant=Ref(Kind.VARIANT, "1"), money=None)
    assert mapping.PRICE_OUT(none, context()) == {"regular_price": ""}
    with pytest.raises(BadRecord):
        mapping.PRICE_OUT(price("-1"), context())


@pytest.mark.parametrize(
    ("ours", "taxes", "theirs", "refused"),
    [
        (True, "yes", "yes", False),
        (True, "yes", "no", True),
        (False, "yes", "yes", True),
        (None, "yes", "no", False),
        (True, "no", "no", False),
    ],
)
def test_prices_with_and_without_tax_do_not_mix(
    ours: bool | None, taxes: str, theirs: str, refused: bool
) -> None:
    told = context(calc_taxes=taxes, prices_include_tax=theirs)
    sent = price("5", tax_included=ours)
    if not refused:
        assert mapping.PRICE_OUT(sent, told) == {"regular_price": "5.00"}
        return
    with pytest.raises(BadConfig, match="tax"):
        mapping.PRICE_OUT(sent, told)


def test_a_price_in_another_currency_is_refused() -> None:
    with pytest.raises(BadConfig, match="SEK.*USD"):
        mapping.PRICE_OUT(price("5", "SEK"), context())


def test_the_printed_map_names_every_rule_and_changes_with_any() -> None:
    words = dict(sales.ORDER.describe())
    assert words["lines"] == "each of goods, then each of shipping, then each of fees"
    before = mapping.PRODUCT.digest(context())
    assert before == mapping.PRODUCT.digest(context())
    assert before != mapping.PRODUCT.digest(context(weight_unit="g"))
