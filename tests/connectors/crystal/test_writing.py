"""Orders as they are handed to Crystal, and looked for there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.contract.messages import Action, Outgoing, Wanted
from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    Transient,
    Unknown,
    Unsupported,
)
from tests.connectors.crystal.connected import (
    IN_KRONOR,
    Crystal,
    payload,
)


def outgoing(
    connected: Crystal,
    paid_order: Order,
    uid: str = "uid-1",
    action: Action = Action.CREATE,
) -> Outgoing:
    """The order for a product the sandbox has."""
    product = connected.ledger()["products"][0]["id"]
    context = replace(IN_KRONOR, ids={("variant", "10"): product})
    return Outgoing(uid, action, None, payload(paid_order, context), f"key-{uid}")


def test_an_order_arrives_with_our_mark(connected: Crystal, paid_order: Order) -> None:
    [outcome] = connected.writer().write(Kind.ORDER, [outgoing(connected, paid_order)])
    [booked] = connected.ledger()["orders"]
    assert (outcome.external_id, outcome.error) == (booked["id"], None)
    assert (booked["external_id"], booked["reference"]) == ("uid-1", "1042")
    assert booked["total"] == 340.02


def test_an_order_that_is_there_is_never_sent_again(
    connected: Crystal, paid_order: Order
) -> None:
    update = outgoing(connected, paid_order, action=Action.UPDATE)._replace(
        external_id="o1"
    )
    [outcome] = connected.writer().write(Kind.ORDER, [update])
    assert outcome.external_id == "o1"
    assert isinstance(outcome.error, Unsupported)
    assert connected.ledger()["orders"] == []


def test_what_crystal_refuses_is_told_with_its_field(
    connected: Crystal, paid_order: Order, caplog: pytest.LogCaptureFixture
) -> None:
    sent = outgoing(connected, paid_order)
    sent.payload["lines"][0]["product_id"] = "nothing"
    with pytest.raises(BadRecord, match="no such product") as caught:
        list(connected.writer().write(Kind.ORDER, [sent]))
    assert caught.value.field == "lines[0].product_id"
    assert "There is no such product" in caplog.text


@pytest.mark.parametrize(
    ("status", "failure", "field"),
    [
        (400, BadRecord, ""),
        (401, BadCredentials, "secret"),
        (403, BadCredentials, "secret"),
        (404, BadConfig, "orders_path"),
        (405, BadConfig, "orders_path"),
        (408, Transient, None),
        (409, BadRecord, ""),
        (422, BadRecord, ""),
        (425, Transient, None),
        (429, Transient, None),
        (500, Unknown, None),
        (502, Unknown, None),
        (503, Unknown, None),
    ],
)
def test_a_refused_order_is_the_right_failure(
    connected: Crystal,
    paid_order: Order,
    status: int,
    failure: type[Exception],
    field: Any,
) -> None:
    sent = outgoing(connected, paid_order)
    connected.fault("orders", status, "<h1>no</h1>", times=-1)
    with pytest.raises(failure) as caught:
        list(connected.writer().write(Kind.ORDER, [sent]))
    assert type(caught.value) is failure
    assert getattr(caught.value, "field", None) == field


@pytest.mark.parametrize(
    ("kind", "body"),
    [("drop_after", ""), ("truncate", ""), ("garbage", ""), ("status", "{}")],
)
def test_without_a_clear_answer_nobody_knows_whether_the_order_arrived(
    connected: Crystal, paid_order: Order, kind: str, body: str
) -> None:
    sent, writer = outgoing(connected, paid_order), connected.writer()
    writer.client.products(1)
    connected.fault("orders", 201, body, kind=kind)
    with pytest.raises(Unknown):
        list(writer.write(Kind.ORDER, [sent]))
    assert len(connected.calls("/v1/ecom/orders")) == 1


def test_an_order_is_found_by_its_mark(connected: Crystal, paid_order: Order) -> None:
    connected.control("settings", order_lookup=True)
    writer = connected.writer(order_lookup=True)
    sent = outgoing(connected, paid_order)
    [outcome] = writer.write(Kind.ORDER, [sent])
    assert list(writer.find(Kind.ORDER, [Wanted("uid-1", paid_order)])) == [
        ("uid-1", (outcome.external_id,), "mark")
    ]
    lost = replace(paid_order, number="9")
    assert list(writer.find(Kind.ORDER, [Wanted("uid-9", lost)])) == []


def test_another_shop_s_order_of_the_same_number_is_another_order(
    connected: Crystal, paid_order: Order
) -> None:
    connected.control("settings", order_lookup=True)
    writer = connected.writer(order_lookup=True)
    list(writer.write(Kind.ORDER, [outgoing(connected, paid_order, uid="other-shop")]))
    assert list(writer.find(Kind.ORDER, [Wanted("uid-1", paid_order)])) == []


def test_an_order_entered_by_hand_is_found_by_its_number(
    connected: Crystal, paid_order: Order
) -> None:
    connected.fault("orders", 200, "[]")
    connected.fault("orders", 200, '[{"id": "o7", "reference": "1042"}]')
    writer = connected.writer(order_lookup=True)
    [found] = writer.find(Kind.ORDER, [Wanted("uid-1", paid_order)])
    assert found == ("uid-1", ("o7",), "reference")


def test_without_the_setting_nothing_is_looked_up(
    connected: Crystal, paid_order: Order
) -> None:
    assert (
        list(connected.writer().find(Kind.ORDER, [Wanted("uid-1", paid_order)])) == []
    )
    assert connected.calls("/v1/ecom/orders") == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, '[{"id": "o1", "external_id": "someone"}]'), (404, "{}")],
)
def test_a_lookup_that_does_not_work_is_not_believed(
    connected: Crystal, paid_order: Order, status: int, body: str
) -> None:
    connected.fault("orders", status, body)
    writer = connected.writer(order_lookup=True)
    with pytest.raises(BadConfig) as caught:
        list(writer.find(Kind.ORDER, [Wanted("uid-1", paid_order)]))
    assert caught.value.field == "order_lookup"
