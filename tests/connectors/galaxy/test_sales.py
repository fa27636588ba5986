"""A sale as it is handed in: its sums, its template, its words, its end unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connectors.galaxy import CONNECTOR
from connectors.galaxy.arrivals import mark
from connectors.galaxy.sandbox.ids import guid
from connectors.galaxy.template import PAIRS
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.sales import Order
from integration.canonical.values import Ref
from integration.contract.messages import Action, Outgoing, Wanted
from integration.errors import (
    BadConfig,
    BadRecord,
    MissingLink,
    Unknown,
    UnknownEntry,
    Unpaired,
    Unsupported,
)
from tests.connectors.galaxy.connected import Galaxy
from tests.connectors.galaxy.subject import SUBJECT
from tests.contract.cases import writing

EXTRA = {
    "paymentmethod": {"id": "{payment}"},
    "shippingmethod": {"id": "{shipping}"},
    "dispatchpurpose": {"descr": "Πώληση"},
    "charges": [{"charge": {"id": "{charge}"}, "amount": "{amount}"}],
}
WORDS = {
    "payment": {"cod": "P3"},
    "shipping": {"Courier": "S1"},
    "charge": {"shipping": "C1", "Gift wrap": "C2"},
}


def payload(order: Order, pairs: Any = None, **given: Any) -> Any:
    context = writing(CONNECTOR)
    context = replace(
        context, settings={**context.settings, **given}, pairs=pairs or {}
    )
    return CONNECTOR.writes[Kind.ORDER].map(order, context)


def data(order: Order, pairs: Any = None, **given: Any) -> Any:
    return payload(order, pairs, **given)["body"]["data"]


def test_amounts_are_sent_with_tax_or_without(sale: Order) -> None:
    for amounts, goods, charges in (
        ("gross", "99.80", "4.00"),
        ("net", "80.48", "3.23"),
    ):
        [line] = data(sale, order_amounts=amounts)["lines"]
        assert line["totalamount"] == Decimal(goods)
        assert line["chargestotal"] == Decimal(charges)


@pytest.mark.parametrize(
    ("over", "passes"), [("0.01", True), ("-0.01", True), ("0.02", False)]
)
def test_sums_reach_the_total_to_the_cent_or_the_sale_is_refused(
    sale: Order, over: str, passes: bool
) -> None:
    order = replace(sale, total=sale.total + Decimal(over))
    if passes:
        assert data(order)["lines"]
    else:
        with pytest.raises(BadRecord, match=r"add up to 103\.80") as caught:
            data(order)
        assert caught.value.code == "total_differs"


def test_the_template_places_payment_shipping_and_each_charge(sale: Order) -> None:
    fee = replace(sale.lines[1], id="3", name="Gift wrap")
    fee = replace(fee, type=type(fee.type).FEE, net=Decimal(1), tax=Decimal(0))
    order = replace(sale, lines=(*sale.lines, fee), total=sale.total + 1)
    made = data(order, WORDS, entry_extra=json.dumps(EXTRA))
    assert made["paymentmethod"] == {"id": "P3"}
    assert made["shippingmethod"] == {"id": "S1"}
    assert made["dispatchpurpose"] == {"descr": "Πώληση"}
    assert made["charges"] == [
        {"charge": {"id": "C1"}, "amount": Decimal("4.00")},
        {"charge": {"id": "C2"}, "amount": Decimal(1)},
    ]
    assert [line["chargestotal"] for line in made["lines"]] == [0]


def test_a_word_without_its_pair_holds_the_sale(sale: Order) -> None:
    with pytest.raises(Unpaired):
        data(sale, {}, entry_extra=json.dumps(EXTRA))
    words = {one.key: dict(one.words(sale)) for one in PAIRS}
    assert words == {
        "payment": {"cod": "cod"},
        "shipping": {"Courier": "Courier"},
        "charge": {"shipping": "Shipping"},
    }
    assert [one.table for one in PAIRS] == [
        *("paymentmethods", "shippingmethods", "charges")
    ]


def test_a_place_with_nothing_to_say_is_left_out(sale: Order) -> None:
    made = data(replace(sale, payment_method=""), WORDS, entry_extra=json.dumps(EXTRA))
    assert "paymentmethod" not in made


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_a_template_that_cannot_be_read_is_the_connections_fault(
    sale: Order, text: str
) -> None:
    with pytest.raises(BadConfig) as caught:
        data(sale, entry_extra=text)
    assert caught.value.field == "entry_extra"


def test_a_number_is_told_apart_and_a_time_is_that_of_the_zone(sale: Order) -> None:
    made = data(sale, order_prefix="WEB-")
    assert (made["docid"], made["docdate"]) == ("WEB-20417", "2025-03-04T10:15:00")
    assert data(sale, zone="UTC")["docdate"] == "2025-03-04T08:15:00"
    with pytest.raises(BadConfig) as caught:
        data(sale, zone="Nowhere/At all")
    assert caught.value.field == "zone"


def test_a_combination_is_ordered_by_its_item_and_told_in_the_comment(
    sale: Order,
) -> None:
    context = replace(writing(CONNECTOR), ids={("variant", "10"): "item-1/combi-2"})
    order = CONNECTOR.writes[Kind.ORDER].map
    made = order(sale, context)["body"]["data"]
    assert made["lines"][0]["item"]["identifier"]["id"] == "item-1"
    assert made["comment"] == "Ring the bell.\nSH-01: 2"
    context = replace(
        context, settings={**context.settings, "line_item": "combination"}
    )
    made = order(sale, context)["body"]["data"]
    assert made["lines"][0]["item"]["identifier"]["id"] == "combi-2"
    assert made["comment"] == "Ring the bell."


def test_a_guest_buys_as_the_guests_trader_or_becomes_a_customer(sale: Order) -> None:
    for named in ("", "guest:a@example.test"):
        pointer = Ref(Kind.CUSTOMER, named, {"email": "a@example.test"})
        guest = replace(sale, customer=pointer)
        assert payload(guest)["customer"] == ""
        with pytest.raises(MissingLink):
            payload(guest, guest_trader="")
    with pytest.raises(BadRecord, match="names no customer"):
        payload(sale, guest_trader="")
    assert sale.buyer is not None
    account = replace(sale.buyer, external_id="5")
    known = replace(sale, customer=Ref(Kind.CUSTOMER, "5"), buyer=account)
    with pytest.raises(MissingLink):
        payload(known)


def test_a_currency_galaxy_does_not_list_is_looked_for_once(sale: Order) -> None:
    with pytest.raises(UnknownEntry) as caught:
        data(replace(sale, currency="SEK"))
    assert caught.value.table == "currencies"


def test_a_sale_without_goods_or_of_less_than_none_is_refused(sale: Order) -> None:
    with pytest.raises(BadRecord, match="no goods"):
        data(replace(sale, lines=sale.lines[1:]))
    returned = replace(sale.lines[0], quantity=Decimal(-1))
    with pytest.raises(BadRecord, match="sold -1 times"):
        data(replace(sale, lines=(returned, sale.lines[1])))


def test_whose_company_it_is_must_be_known(sale: Order) -> None:
    context = replace(writing(CONNECTOR), facts={})
    with pytest.raises(BadConfig, match="is not known yet"):
        CONNECTOR.writes[Kind.ORDER].map(sale, context)


def sent(galaxy: Galaxy, sale: Order) -> Outgoing:
    """The sale of an item the sandbox has."""
    items = galaxy.ledger()["items"]
    item = next(row["ID"] for row in items if not row["ItemDimensionCombinations"])
    context = galaxy.context(**SUBJECT.settings(galaxy.root))
    context = replace(context, ids={("variant", "10"): item})
    made = CONNECTOR.writes[Kind.ORDER].map(sale, context)
    return Outgoing("uid-1", Action.CREATE, None, made, "key")


def test_a_sale_is_booked_under_what_galaxy_calls_it(
    galaxy: Galaxy, sale: Order
) -> None:
    [outcome] = galaxy.writer().write(Kind.ORDER, [sent(galaxy, sale)])
    [entry] = galaxy.ledger()["entries"]
    assert outcome.external_id == entry["ID"]
    assert entry["docid"] == "20417"
    assert entry["trader"] == guid("trader/10")


@pytest.mark.parametrize(
    ("body", "called"),
    [('{"Code": "D-7"}', "D-7"), ("{}", "20417"), ('"done"', "20417"), ("", "20417")],
)
def test_an_answer_nobody_describes_is_taken_as_it_is(
    galaxy: Galaxy, sale: Order, body: str, called: str
) -> None:
    out = sent(galaxy, sale)
    galaxy.fault("status", "postentry", status=200, body=body or " ")
    [outcome] = galaxy.writer().write(Kind.ORDER, [out])
    assert outcome.external_id == called


@pytest.mark.parametrize("kind", ["drop_after", "garbage", "truncate"])
def test_a_sale_without_a_whole_answer_is_sent_once(
    galaxy: Galaxy, sale: Order, kind: str
) -> None:
    out = sent(galaxy, sale)
    galaxy.fault(kind, "postentry")
    with pytest.raises(Unknown):
        list(galaxy.writer().write(Kind.ORDER, [out]))
    assert len(galaxy.calls("/services/sync/actions/postentry")) == 1


def test_what_the_business_refuses_is_told_in_its_words(
    galaxy: Galaxy, sale: Order
) -> None:
    out = sent(galaxy, sale)
    out.payload["body"]["data"]["trader"]["identifier"]["id"] = guid("nobody")
    with pytest.raises(BadRecord, match="δεν βρέθηκε"):
        list(galaxy.writer().write(Kind.ORDER, [out]))


def test_a_sale_that_is_there_is_never_sent_again(galaxy: Galaxy, sale: Order) -> None:
    update = sent(galaxy, sale)._replace(action=Action.UPDATE, external_id="d1")
    [outcome] = galaxy.writer().write(Kind.ORDER, [update])
    assert isinstance(outcome.error, Unsupported)
    assert galaxy.ledger()["entries"] == []


def test_documents_that_cannot_be_looked_up_are_not_taken_for_absent(
    galaxy: Galaxy, sale: Order
) -> None:
    writer = galaxy.writer(order_lookup=True)
    with pytest.raises(BadConfig) as caught:
        list(writer.find(Kind.ORDER, [Wanted("uid-1", sale)]))
    assert caught.value.field == "order_lookup"
    galaxy.fault("status", "docentry", status=200, body='[{"ID": "a", "DocID": "9"}]')
    with pytest.raises(BadConfig) as caught:
        list(writer.find(Kind.ORDER, [Wanted("uid-1", sale)]))
    assert caught.value.field == "order_lookup"


def test_a_customer_of_before_is_found_by_code_or_e_mail(galaxy: Galaxy) -> None:
    galaxy.control("add_customer", Code="K-1", Name="One")
    site = {"Email": "Two@example.test", "IsPrimary": 1}
    for name in ("Two", "Three"):
        galaxy.control("add_customer", Name=name, CustomerSites=[site])
    wanted = [
        Wanted("u1", Customer(external_id="1", account_number="k-1")),
        Wanted("u2", Customer(external_id="2", email="two@EXAMPLE.test")),
        Wanted("u3", Customer(external_id="3", email="nobody@example.test")),
    ]
    found = {one.uid: one for one in galaxy.writer().find(Kind.CUSTOMER, wanted)}
    assert set(found) == {"u1", "u2"}
    assert found["u1"].by == "account_number"
    assert (len(found["u2"].external_ids), found["u2"].by) == (2, "email")
    lists = galaxy.calls("/services/sync/customers")
    assert sum("IDs=" not in call["query"] for call in lists) == 1


def test_a_mark_is_an_id_galaxy_takes() -> None:
    own = "0B6F7D54-2A51-4A3E-9A5D-6C1A6F0A8C11"
    assert mark(own) == own.lower()
    assert mark("uid-1") == mark("uid-1") != mark("uid-2")
    assert len(mark("uid-1")) == 36
