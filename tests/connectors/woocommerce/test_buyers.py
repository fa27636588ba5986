"""Who bought: customers by their id, guests by their e-mail."""

from typing import Any

import pytest

from connectors.woocommerce import CONNECTOR, buyers, mapping
from integration.canonical.kinds import Kind
from integration.canonical.values import Ref
from integration.http.body import parse
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import Shop, context, records


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


def sold(shop: Shop, **body: Any) -> dict[Kind, Any]:
    """All that an order made in the shop becomes."""
    made = shop.control("order", **body)
    [raw] = shop.reader.fetch("orders", [str(made["id"])])
    return records("orders", raw)


def test_a_guest_is_a_customer_of_the_order_alone(shop: Shop) -> None:
    billing = {"first_name": "Åsa", "email": "Asa@Example.com", "country": "SE"}
    found = sold(shop, billing={**billing, "company": "Ö AB", "city": "Åre"})
    order, guest = found[Kind.ORDER], found[Kind.CUSTOMER]
    assert order.customer == Ref(
        Kind.CUSTOMER, "guest:asa@example.com", {"email": "Asa@Example.com"}
    )
    assert guest.external_id == order.customer.external_id
    assert (guest.email, guest.first_name, guest.company) == (
        "Asa@Example.com",
        "Åsa",
        "Ö AB",
    )
    assert (guest.billing.city, guest.shipping) == ("Åre", None)
    assert (order.buyer.external_id, order.buyer.email) == ("", "Asa@Example.com")


def test_a_guest_who_buys_twice_is_one_customer(shop: Shop) -> None:
    first = sold(shop, billing={"email": "ann@example.com", "city": "Oslo"})
    second = sold(shop, billing={"email": "ANN@example.com", "city": "Bergen"})
    guests = [found[Kind.CUSTOMER] for found in (first, second)]
    assert {guest.external_id for guest in guests} == {"guest:ann@example.com"}
    assert [guest.billing.city for guest in guests] == ["Oslo", "Bergen"]
    assert first[Kind.ORDER].external_id != second[Kind.ORDER].external_id


def test_a_customer_is_pointed_to_by_id_and_mail_and_comes_in_a_list_of_its_own(
    shop: Shop,
) -> None:
    made = shop.control("seed")["customers"][0]
    billing = {"first_name": "Ann", "email": "ann@example.com", "city": "Oslo"}
    found = sold(shop, customer_id=made, billing=billing)
    assert found[Kind.ORDER].customer == Ref(
        Kind.CUSTOMER, str(made), {"email": "ann@example.com"}
    )
    assert found[Kind.ORDER].billing.city == "Oslo"
    assert Kind.CUSTOMER not in found


@pytest.mark.parametrize(
    "row", [{}, {"billing": {}}, {"billing": {"email": " ", "first_name": "Bo"}}]
)
def test_who_leaves_no_e_mail_is_nobodys_customer(row: dict[str, Any]) -> None:
    assert buyers.customer_ref(row) is None
    assert mapping.GUEST.records(row, context()) == []


def test_an_e_mail_too_long_for_an_id_costs_no_order() -> None:
    row = {"billing": {"email": f"{'a' * buyers.LONGEST_EMAIL}@example.com"}}
    assert buyers.customer_ref(row) is None
    assert mapping.GUEST.records(row, context()) == []
    assert buyers.buyer(row).email.endswith("@example.com")


def test_guests_are_no_reason_to_read_the_orders() -> None:
    orders = CONNECTOR.stream("orders")
    assert [each.key for each in CONNECTOR.streams_of(Kind.CUSTOMER)] == ["customers"]
    assert set(orders.all_kinds) - set(orders.kinds) == {Kind.CUSTOMER}
    assert orders.main == Kind.ORDER
    for kind in (Kind.PAYMENT, Kind.REFUND, Kind.ORDER_STATUS):
        assert [each.key for each in CONNECTOR.streams_of(kind)] == ["orders"]


def test_a_guest_is_never_asked_for_by_an_id_the_shop_never_gave(shop: Shop) -> None:
    made = shop.control("seed")["customers"][0]
    shop.forget_calls()
    found = shop.reader.fetch("customers", ["guest:ann@example.com", str(made)])
    assert [raw.external_id for raw in found] == [str(made)]
    assert list(shop.reader.fetch("customers", ["guest:ann@example.com"])) == []
    assert len(shop.seen()) == 1


def test_a_merchants_own_field_is_read_of_guests_as_of_customers(shop: Shop) -> None:
    made = shop.control(
        "order",
        billing={"email": "ann@example.com"},
        meta_data=[{"key": "vat", "value": "GR1"}],
    )
    [raw] = shop.reader.fetch("orders", [str(made["id"])])
    [guest] = buyers.guests(parse(raw.body or b""))
    assert [item["value"] for item in guest["meta_data"]] == ["GR1"]
