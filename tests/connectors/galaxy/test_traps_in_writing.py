"""Galaxy's traps in writing, one test for each, by the number they are known by."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connectors.galaxy import CONNECTOR
from connectors.galaxy.sandbox.seed_lookups import lookup_id
from integration.canonical.kinds import Kind
from integration.canonical.parties import Address, Customer
from integration.canonical.sales import LineType, Order, OrderLine
from integration.canonical.values import Ref
from integration.contract.messages import Action, Outcome, Outgoing, Wanted
from integration.errors import BadRecord, MissingLink, Unknown, Unsupported
from tests.connectors.galaxy.connected import Copy, Galaxy
from tests.jobs.merchant import wait_for

BUYER = Customer(
    external_id="44",
    email="new@example.test",
    company="Νέα Επωνυμία",
    billing=Address(line1="Ερμού 1", city="Πειραιάς", postcode="18538", country="GR"),
)


def outgoing(kind: Kind, payload: Any, uid: str = "uid-1") -> Outgoing:
    return Outgoing(uid, Action.CREATE, None, payload, "key")


def goods(place: int, quantity: str, gross: str) -> OrderLine:
    return OrderLine(
        id=str(place),
        type=LineType.GOODS,
        name=f"Thing {place}",
        quantity=Decimal(quantity),
        unit_price=Decimal(1),
        net=Decimal(gross),
        tax=Decimal(0),
        sku=f"T-{place}",
        variant=Ref(Kind.VARIANT, str(place)),
    )


def three(sale: Order) -> Order:
    """A sale of three things, in three quantities."""
    lines = (goods(1, "2", "20.00"), goods(2, "5", "30.00"), goods(3, "9", "40.00"))
    return replace(sale, lines=lines, total=Decimal("90.00"), total_tax=Decimal(0))


class Till:
    """Sends sales to a sandboxed installation."""

    def __init__(self, galaxy: Galaxy) -> None:
        self.galaxy = galaxy
        listed = Copy(galaxy.reader())
        listed.pull("items")
        plain = [
            key
            for key, raw in listed.rows["items"].items()
            if b'"ItemDimensionCombinations":[]' in (raw.body or b"")
        ]
        self.items = plain[:3]
        customers = galaxy.ledger()["customers"]
        self.customer = next(row for row in customers if row["active"])
        self.ids = {("variant", str(n)): id for n, id in enumerate(self.items, 1)}
        self.ids |= {("variant", "10"): self.items[0]}
        self.ids |= {("customer", "7"): self.customer["ID"]}

    def payload(self, order: Order, **given: Any) -> Any:
        context = replace(self.galaxy.context(**given), ids=self.ids)
        return CONNECTOR.writes[Kind.ORDER].map(order, context)

    def send(self, order: Order, **given: Any) -> Outcome:
        writer = self.galaxy.writer(**given)
        out = outgoing(Kind.ORDER, self.payload(order, **given))
        [outcome] = writer.write(Kind.ORDER, [out])
        return outcome


@pytest.fixture
def till(galaxy: Galaxy) -> Till:
    return Till(galaxy)


@pytest.fixture
def order(sale: Order) -> Order:
    return replace(three(sale), customer=Ref(Kind.CUSTOMER, "7"))


def test_trap_6_a_sale_of_unknown_end_is_looked_up_where_that_is_on(
    galaxy: Galaxy, till: Till, order: Order
) -> None:
    galaxy.control("set_settings", entries_readable=True)
    galaxy.fault("drop_after", "postentry", times=1)
    with pytest.raises(Unknown):
        till.send(order)
    wanted = [Wanted("uid-1", order)]
    assert list(galaxy.writer().find(Kind.ORDER, wanted)) == []
    [found] = galaxy.writer(order_lookup=True).find(Kind.ORDER, wanted)
    [entry] = galaxy.ledger()["entries"]
    assert found == ("uid-1", (entry["ID"],), "number")
    assert CONNECTOR.writes[Kind.ORDER].repeat_setting == "order_lookup"


def test_trap_7_every_line_keeps_its_own_quantity(
    galaxy: Galaxy, till: Till, order: Order
) -> None:
    till.send(order)
    [entry] = galaxy.ledger()["entries"]
    sent = [
        (line["item"]["identifier"]["id"], line["qty"], line["totalamount"])
        for line in entry["lines"]
    ]
    assert sent == [
        (till.items[0], 2, 20.0),
        (till.items[1], 5, 30.0),
        (till.items[2], 9, 40.0),
    ]


def test_trap_8_a_sale_goes_whole_or_not_at_all(
    galaxy: Galaxy, till: Till, order: Order
) -> None:
    unlinked = replace(order.lines[1], variant=Ref(Kind.VARIANT, "99"))
    with pytest.raises(MissingLink):
        till.send(replace(order, lines=(order.lines[0], unlinked, order.lines[2])))
    nameless = replace(order.lines[1], variant=None)
    with pytest.raises(BadRecord, match="has no item in Galaxy"):
        till.send(replace(order, lines=(order.lines[0], nameless, order.lines[2])))
    assert galaxy.ledger()["entries"] == []


def test_trap_9_places_and_money_go_by_id_where_galaxy_takes_one(
    galaxy: Galaxy,
) -> None:
    buyer = replace(BUYER, currency="EUR")
    made = CONNECTOR.writes[Kind.CUSTOMER].map(buyer, galaxy.context())
    [site] = made["CustomerSites"]
    assert site["CountryID"] == lookup_id("countries", "EL")
    assert site["CityID"].lower() == lookup_id("cities", "PIR")
    assert made["CurrencyID"] == lookup_id("currencies", "EUR")
    assert "CountryDescr" not in site
    assert "CityDescr" not in site


def test_trap_10_a_customer_is_there_once_galaxy_shows_it(galaxy: Galaxy) -> None:
    galaxy.control("set_settings", customer_seconds=3600.0)
    writer = galaxy.writer()
    payload = CONNECTOR.writes[Kind.CUSTOMER].map(BUYER, galaxy.context())
    [posted] = writer.write(Kind.CUSTOMER, [outgoing(Kind.CUSTOMER, payload)])
    assert posted.external_id is None
    assert 0 < len(posted.pending) <= 200
    assert list(writer.poll(Kind.CUSTOMER, [posted])) == []
    assert galaxy.ledger()["customers_waiting"] == 1


@pytest.mark.parametrize("keeps", [True, False])
def test_trap_10_a_customer_that_shows_is_known_by_id_or_by_name(
    galaxy: Galaxy, keeps: bool
) -> None:
    galaxy.control("set_settings", customer_seconds=0.0, keeps_customer_id=keeps)
    writer = galaxy.writer()
    payload = CONNECTOR.writes[Kind.CUSTOMER].map(BUYER, galaxy.context())
    [posted] = writer.write(Kind.CUSTOMER, [outgoing(Kind.CUSTOMER, payload)])
    shown = wait_for(
        "the customer to show",
        lambda: next(iter(writer.poll(Kind.CUSTOMER, [posted])), None),
    )
    held = [
        row
        for row in galaxy.ledger()["customers"]
        if row["Description"] == BUYER.company
    ]
    assert [row["ID"] for row in held] == [shown.external_id]
    assert (posted.pending.startswith(shown.external_id)) == keeps
    [(stream, raw)] = shown.echo
    assert (stream, raw.external_id) == ("customers", shown.external_id)
    [found] = writer.find(Kind.CUSTOMER, [Wanted("uid-1", BUYER)])
    assert found.external_ids == (shown.external_id,)
    assert found.by == ("mark" if keeps else "email")


def test_trap_11_a_sale_names_the_trader_not_the_customer(
    galaxy: Galaxy, till: Till, order: Order
) -> None:
    till.send(order)
    [entry] = galaxy.ledger()["entries"]
    assert entry["trader"] == till.customer["TraderID"] != till.customer["ID"]
    galaxy.control("deactivate_customer", id=till.customer["ID"])
    with pytest.raises(BadRecord, match="does not list"):
        till.send(order)


def test_a_customer_that_is_there_is_never_written_over(galaxy: Galaxy) -> None:
    there = Outgoing("uid-1", Action.UPDATE, "c1", {"Name": "Other"}, "key")
    [outcome] = galaxy.writer().write(Kind.CUSTOMER, [there])
    assert isinstance(outcome.error, Unsupported)
    assert galaxy.ledger()["customers_posted"] == []
