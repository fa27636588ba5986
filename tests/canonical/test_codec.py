"""Records to bytes and back, and the fingerprint that tells a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.canonical.accounts import CreditNote, Invoice, Payment, Refund
from integration.canonical.catalog import (
    Category,
    Image,
    Level,
    Price,
    Product,
    Sale,
    Status,
    Stock,
    Variant,
)
from integration.canonical.codec import TYPES, decode, encode, fingerprint
from integration.canonical.kinds import FACETS, RANK, Kind, owner_kind
from integration.canonical.parties import Address, Customer
from integration.canonical.record import Record, refs
from integration.canonical.sales import (
    Fulfilment,
    LineType,
    Order,
    OrderLine,
    OrderStatus,
    PaymentState,
)
from integration.canonical.shop import Entry, Setting
from integration.canonical.values import Money, Ref

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VARIANT = Variant(external_id="v1", sku="A-1", weight_g=Decimal("12.50"))
PRODUCT = Product(
    external_id="p1",
    title="Mug",
    categories=(Ref(Kind.CATEGORY, "c1", {"name": "Cups"}),),
    images=(Image(key="a.png", url="https://x/a.png?sig=1"),),
    variants=(VARIANT,),
    attributes={"maker": "Ann"},
)
STOCK = Stock(
    external_id="v1",
    variant=Ref(Kind.VARIANT, "v1", {"sku": "A-1"}),
    levels=(Level(available=Decimal("-2.5")), Level(available=Decimal(4))),
)
PRICE = Price(
    external_id="v1",
    variant=Ref(Kind.VARIANT, "v1"),
    money=Money(Decimal("12.90"), "EUR"),
    sale=Sale(money=Money(Decimal("9.00"), "EUR"), starts_at=MOMENT),
)
ANN = Customer(external_id="", email="ann@example.com", billing=Address(city="Umeå"))
LINE = OrderLine(
    id="1",
    type=LineType.GOODS,
    name="Mug",
    quantity=Decimal(2),
    unit_price=Decimal("1.005"),
    net=Decimal("2.01"),
    tax=Decimal("0.50"),
    variant=Ref(Kind.VARIANT, "v1"),
)
ORDER = Order(
    external_id="o1",
    number="51",
    placed_at=MOMENT,
    currency="EUR",
    total=Decimal("2.51"),
    total_tax=Decimal("0.50"),
    lines=(LINE,),
    buyer=ANN,
    references={"po": "7"},
)
STATUS = OrderStatus(
    external_id="o1",
    order=Ref(Kind.ORDER, "o1"),
    word="processing",
    payment=PaymentState.PAID,
    fulfilment=Fulfilment.OPEN,
)
INVOICE = Invoice(
    external_id="o1",
    order=Ref(Kind.ORDER, "o1"),
    number="1001",
    at=datetime(2026, 11, 1, 12, 30, tzinfo=UTC),
    currency="EUR",
    total=Decimal("12.31"),
    total_tax=Decimal("2.30"),
    lines=(
        OrderLine(
            id="1",
            type=LineType.GOODS,
            name="Mug",
            quantity=Decimal("1.5"),
            unit_price=Decimal("6.6667"),
            net=Decimal("10.00"),
            tax=Decimal("2.30"),
            tax_code="GR-VAT-1",
        ),
    ),
    rounding=Decimal("0.01"),
)
PAYMENT = Payment(
    external_id="o1:paid",
    order=Ref(Kind.ORDER, "o1"),
    money=Money(Decimal("12.31"), "EUR"),
    at=datetime(2026, 11, 1, 12, 31, tzinfo=UTC),
    method="bacs",
)
REFUND = Refund(
    external_id="r1",
    order=Ref(Kind.ORDER, "o1"),
    number="1001-Rr1",
    order_number="1001",
    at=datetime(2026, 11, 2, tzinfo=UTC),
    currency="EUR",
    total=Decimal("12.31"),
    total_tax=Decimal("2.30"),
    lines=INVOICE.lines,
)
CREDIT_NOTE = CreditNote(
    external_id="r1",
    order=Ref(Kind.ORDER, "o1"),
    number="1001-Rr1",
    at=datetime(2026, 11, 2, tzinfo=UTC),
    currency="EUR",
    total=Decimal("12.31"),
    total_tax=Decimal("2.30"),
    lines=INVOICE.lines,
)
TAX_RATE = Entry(
    external_id="OUTPUT2",
    table="tax_rates",
    code="OUTPUT2",
    name="15 % on sales",
    data={"rate": "15.0000", "sales": True},
)
RECORDS: list[Record] = [
    INVOICE,
    PAYMENT,
    REFUND,
    CREDIT_NOTE,
    TAX_RATE,
    Category(external_id="c1", name="Cups", parent=Ref(Kind.CATEGORY, "c0")),
    ANN,
    PRODUCT,
    VARIANT,
    STOCK,
    PRICE,
    ORDER,
    STATUS,
    Setting(external_id="currency", value="EUR"),
]


def test_there_is_an_example_of_every_kind_that_is_stored() -> None:
    assert {record.kind for record in RECORDS} == set(TYPES)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record.kind))
def test_what_is_stored_comes_back_to_the_last_digit(record: Record) -> None:
    again = decode(record.kind, encode(record))
    assert again == record
    assert encode(again) == encode(record)
    assert fingerprint(again) == fingerprint(record)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_no_amount_loses_a_digit(amount: Decimal) -> None:
    price = replace(PRICE, money=Money(amount, "EUR"))
    again = decode(Kind.PRICE, encode(price))
    assert isinstance(again, Price)
    assert again.money is not None
    assert str(again.money.amount) == str(amount)


@given(st.text(), st.text())
def test_no_text_is_changed(title: str, tag: str) -> None:
    product = replace(PRODUCT, title=title, tags=(tag,))
    assert decode(Kind.PRODUCT, encode(product)) == product


def test_another_id_or_a_renewed_signature_is_no_change() -> None:
    signed = Image(key="a.png", url="https://x/a.png?sig=2")
    there = replace(PRODUCT, external_id="77", images=(signed,))
    assert fingerprint(there) == fingerprint(PRODUCT)


CHANGES: list[dict[str, object]] = [
    {"title": "Cup"},
    {"status": Status.HIDDEN},
    {"published": False},
    {"categories": (Ref(Kind.CATEGORY, "c2", {"name": "Cups"}),)},
    {"images": ()},
    {"attributes": {"maker": "Bo"}},
    {"variants": (replace(VARIANT, sku="A-2"),)},
    {"tags": ("a",)},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_whatever_a_target_could_show_is_a_change(change: dict[str, object]) -> None:
    assert fingerprint(replace(PRODUCT, **change)) != fingerprint(PRODUCT)  # type: ignore[arg-type]


def test_every_pointer_inside_a_record_is_found() -> None:
    found = [(ref.kind, ref.external_id) for ref in refs(ORDER)]
    assert found == [(Kind.VARIANT, "v1")]
    assert [ref.external_id for ref in refs(PRODUCT)] == ["c1"]


def test_a_facet_belongs_to_its_owner_and_comes_after_it() -> None:
    for facet, owner in FACETS.items():
        assert owner_kind(facet) == owner
        assert RANK[owner] < RANK[facet]
    assert STOCK.owner() == STOCK.variant
    assert owner_kind(Kind.PRODUCT) == Kind.PRODUCT


def test_stock_of_several_places_is_their_sum() -> None:
    assert STOCK.available == Decimal("1.5")


def test_money_of_two_currencies_is_never_added() -> None:
    with pytest.raises(TypeError, match="SEK"):
        _ = Money(Decimal(1), "EUR") + Money(Decimal(1), "SEK")
    assert Money(Decimal("1.10"), "EUR") + Money(Decimal("2.20"), "EUR") == Money(
        Decimal("3.30"), "EUR"
    )


@pytest.mark.parametrize(
    ("amount", "decimals", "rounded"),
    [
        ("14.995", 2, "15.00"),
        ("-14.995", 2, "-15.00"),
        ("2.5", 0, "3"),
        ("1", 2, "1.00"),
    ],
)
def test_money_rounds_halves_away_from_zero(
    amount: str, decimals: int, rounded: str
) -> None:
    assert str(Money(Decimal(amount), "EUR").rounded(decimals).amount) == rounded


def test_a_product_with_several_variants_is_found_by_none_of_them() -> None:
    assert PRODUCT.keys() == {"sku": "A-1"}
    twins = replace(PRODUCT, variants=(VARIANT, replace(VARIANT, sku="A-2")))
    assert twins.keys() == {}
