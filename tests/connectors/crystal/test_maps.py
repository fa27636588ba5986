"""Crystal's maps: golden pairs, and what is refused in whose words."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.crystal import CONNECTOR
from integration.canonical.codec import plain
from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.canonical.values import Ref
from integration.contract.mapping import Context
from integration.errors import (
    BadConfig,
    BadRecord,
)
from integration.http.body import parse
from tests.connectors.crystal.connected import (
    FIXTURES,
    HALO,
    IN_KRONOR,
    LINKED,
    Crystal,
    everything,
    payload,
    records,
)

PRODUCTS = sorted(FIXTURES.glob("product__*.raw.json"))


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.name)
def test_a_product_becomes_its_records(path: Path) -> None:
    row = parse(path.read_bytes())
    before = copy.deepcopy(row)
    golden = path.with_name(path.name.replace(".raw.", ".canonical."))
    made = [{"kind": record.kind, **plain(record)} for record in records(row)]
    assert parse(msgspec.json.encode(made)) == parse(golden.read_bytes())
    assert row == before


def test_an_order_becomes_its_payload(paid_order: Order) -> None:
    golden = parse((FIXTURES / "order__paid.payload.json").read_bytes())
    sent = msgspec.json.Encoder(decimal_format="number").encode(payload(paid_order))
    assert parse(sent) == golden


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"price": None}, "price", "no price"),
        ({"price": "Pris på begäran"}, "price", "Pris på begäran"),
        ({"price": Decimal("-4.50")}, "price", "-4.50, below zero"),
        ({"price": True}, "price", "not a number"),
        ({"quantity": None}, "quantity", "no quantity"),
        ({"quantity": "πολλά"}, "quantity", "πολλά"),
        ({"name": " ", "product_number": None}, "name", "neither a name nor"),
        ({"id": None}, "id", "without an id"),
        ({"id": ""}, "id", "without an id"),
        ({"images": [{"alt": "lost"}]}, "images", "no address"),
        ({"images": "https://x.test/1.jpg"}, "images", "not a list"),
        ({"allow_backorder": "no"}, "variants[0].backorder", "neither true nor false"),
        ({"name": {"en": "Ring"}}, "name", "not a text"),
        ({"id": ["a"]}, "id", "not a text"),
    ],
)
def test_what_the_merchant_must_mend_is_named(
    row: Any, changes: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(BadRecord) as caught:
        records({**row, **changes})
    assert said in str(caught.value)
    assert caught.value.field == field


def test_of_a_whole_catalogue_the_broken_products_alone_are_refused(
    connected: Crystal,
) -> None:
    refused = []
    for raw in everything(connected.reader()):
        try:
            records(raw.body)
        except BadRecord as error:
            refused.append({"id": raw.external_id, "field": error.field})
    broken = connected.ledger()["broken"]
    # Whether an image can be fetched shows only when a shop tries.
    assert refused == [entry for entry in broken if entry["field"] != "images"]
    assert len(refused) >= 3


def test_a_row_that_is_no_object_lacks_an_id() -> None:
    with pytest.raises(BadRecord, match="without an id"):
        records("gone fishing")


def test_without_a_currency_the_connection_is_at_fault(row: Any) -> None:
    with pytest.raises(BadConfig, match="currency") as caught:
        records(row, Context())
    assert caught.value.field == "currency"


def test_the_currency_is_part_of_the_price_map_s_digest() -> None:
    price = CONNECTOR.stream("products").maps[-1]
    in_euro = Context(settings={"currency": "EUR"})
    assert price.digest(IN_KRONOR) != price.digest(in_euro)


def test_an_order_that_adds_up_has_no_rounding(paid_order: Order) -> None:
    made = payload(replace(paid_order, total=Decimal("340.01")))
    assert (made["fees_total"], made["note"]) == (Decimal("-7.00"), "Ring the bell.")


@pytest.mark.parametrize(
    ("over", "currency", "passes"),
    [("0.03", "SEK", True), ("-0.03", "SEK", True), ("0.04", "SEK", False)]
    + [("3", "JPY", True), ("4", "JPY", False)],
)
def test_rounding_is_let_pass_up_to_a_minor_unit_for_each_line(
    paid_order: Order, over: str, currency: str, passes: bool
) -> None:
    total = Decimal("340.01") + Decimal(over)
    paid_order = replace(paid_order, total=total, currency=currency)
    context = replace(LINKED, settings={"currency": currency})
    if passes:
        made = payload(paid_order, context)
        assert made["fees_total"] == Decimal("-7.00") + Decimal(over)
        assert f"Rounding {over}" in made["note"]
    else:
        with pytest.raises(BadRecord, match=r"add up to 340\.01") as caught:
            payload(paid_order, context)
        assert caught.value.field == "total"


def test_an_order_in_another_currency_is_refused(paid_order: Order) -> None:
    with pytest.raises(BadRecord, match="in EUR, Crystal is kept in SEK") as caught:
        payload(replace(paid_order, currency="EUR"))
    assert caught.value.field == "currency"


def test_a_line_without_a_crystal_product_is_a_permanent_error(
    paid_order: Order,
) -> None:
    mug = replace(
        paid_order.lines[0], name="Mug", sku="MUG-1", variant=Ref(Kind.VARIANT, "99")
    )
    for line in (mug, replace(mug, variant=None)):
        with pytest.raises(BadRecord, match="“Mug” has no Crystal product") as caught:
            payload(
                replace(
                    paid_order,
                    lines=(*paid_order.lines, line),
                    total=paid_order.total + line.net,
                )
            )
        assert caught.value.field == "lines[3].sku"


def test_a_sku_that_is_a_uuid_stands_for_the_product(paid_order: Order) -> None:
    made = payload(paid_order, IN_KRONOR)
    assert made["lines"][0]["product_id"] == HALO


def test_an_order_on_delivery_is_not_paid(paid_order: Order) -> None:
    made = payload(replace(paid_order, paid_at=None))
    assert made["payment"]["amount"] == 0
    assert made["total"] == Decimal("340.02")
