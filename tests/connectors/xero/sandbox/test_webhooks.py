"""Webhooks: asked whether one listens, signed, and sometimes not delivered well."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.xero.sandbox.hook import signed
from tests.connectors.xero.sandbox.caller import Caller
from tests.connectors.xero.sandbox.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.01)


def settle(xero: Caller) -> None:
    """Wait until nothing waits to be sent."""
    wait(lambda: xero.control("deliveries")["waiting"] == 0)


@pytest.fixture
def told(xero: Caller, receiver: Receiver) -> Caller:
    """A caller whose webhook address is asked and found listening."""
    xero.control("webhook", url=receiver.url)
    settle(xero)
    assert xero.ledger()["webhook"]["status"] == "ok"
    receiver.bodies.clear()
    return xero


def test_the_signature_is_that_of_the_published_example() -> None:
    body = (
        b'{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"WEFT"}'
    )
    wanted = "c5gniZg9BiD7hzVtJUQJV2YklkxTKQj8w34SfcTiLcc="
    assert signed("weft-webhook-key", body) == wanted


def test_a_new_address_is_asked_with_good_and_bad_signatures(
    xero: Caller, receiver: Receiver
) -> None:
    xero.control("webhook", url=receiver.url)
    settle(xero)
    assert xero.ledger()["webhook"]["status"] == "ok"
    assert (len(receiver.bodies), receiver.refused) == (2, 2)
    assert receiver.events() == []
    asked = xero.ledger()["webhook"]["handshake"]
    assert [row["status"] for row in asked] == [200, 401, 200, 401]


@pytest.mark.parametrize(
    "reply",
    [
        lambda right: (200, {}, b""),
        lambda right: (401, {}, b""),
        lambda right: (200 if right else 403, {}, b""),
        lambda right: (200 if right else 401, {"Set-Cookie": "a=b"}, b""),
        lambda right: (200 if right else 401, {}, b"thanks"),
        lambda right: (302 if right else 401, {"Location": "/"}, b""),
    ],
)
def test_an_address_that_replies_wrongly_is_not_told_anything(
    xero: Caller, receiver: Receiver, reply: Any
) -> None:
    receiver.reply = reply
    xero.control("webhook", url=receiver.url)
    settle(xero)
    assert xero.ledger()["webhook"]["status"] == "failed"
    xero.control("add_contact", Name="Ada")
    assert receiver.events() == []


def test_an_address_that_is_slow_is_not_told_anything(
    xero: Caller, receiver: Receiver
) -> None:
    gate = threading.Event()
    xero.control("set_settings", webhook_seconds=0.2)

    def late(right: bool) -> tuple[int, dict[str, str], bytes]:
        gate.wait(60)
        return 200, {}, b""

    receiver.reply = late
    xero.control("webhook", url=receiver.url)
    wait(lambda: bool(xero.ledger()["webhook"]["status"] == "failed"))
    gate.set()
    assert xero.ledger()["webhook"]["handshake"][0]["status"] == 0


def test_a_change_is_told_of_in_few_words(told: Caller, receiver: Receiver) -> None:
    made = told.made("Contacts", {"Name": "Ada"})
    wait(lambda: len(receiver.events()) == 1)
    event = receiver.events()[0]
    assert event["resourceId"] == made["ContactID"]
    assert event["resourceUrl"].endswith(f"/api.xro/2.0/Contacts/{made['ContactID']}")
    assert (event["eventCategory"], event["eventType"]) == ("CONTACT", "CREATE")
    assert (event["tenantId"], event["tenantType"]) == (told.tenant, "ORGANISATION")
    assert set(json.loads(receiver.bodies[0])) == {
        "events",
        "firstEventSequence",
        "lastEventSequence",
        "entropy",
    }


def test_every_kind_of_change_is_told_of(told: Caller, receiver: Receiver) -> None:
    told.control("edit_contact", contact="Mara Quill", FirstName="M.")
    invoice = told.made("Invoices", told.invoice())
    told.made("CreditNotes", told.note())
    told.made("Payments", told.payment(invoice, 1))
    told.control("edit_item", Code="CUP", Name="Cup")
    settle(told)
    heard = [(each["eventCategory"], each["eventType"]) for each in receiver.events()]
    assert heard == [
        ("CONTACT", "UPDATE"),
        ("INVOICE", "CREATE"),
        ("CREDITNOTE", "CREATE"),
        ("INVOICE", "UPDATE"),
    ]
    note = receiver.events()[2]
    assert note["data"] == {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}


def test_payments_need_not_be_told_of(told: Caller, receiver: Receiver) -> None:
    told.control("set_settings", payment_events=False)
    invoice = told.made("Invoices", told.invoice())
    told.made("Payments", told.payment(invoice, 1))
    settle(told)
    assert [each["eventType"] for each in receiver.events()] == ["CREATE"]


def test_an_organisation_that_is_not_connected_is_not_told_of(
    told: Caller, receiver: Receiver
) -> None:
    told.control("revoke_grant")
    told.control("add_contact", Name="Ada")
    settle(told)
    assert receiver.events() == []


def test_events_are_lost_and_doubled_when_told_to(
    told: Caller, receiver: Receiver
) -> None:
    told.control("webhooks", mode="lost", times=1)
    told.control("add_contact", Name="Ada")
    told.control("webhooks", mode="twice", times=1)
    doubled = told.control("add_contact", Name="Bea")
    settle(told)
    heard = [each["resourceId"] for each in receiver.events()]
    assert heard == [doubled["ContactID"]] * 2
    outcomes = [row["outcome"] for row in told.control("deliveries")["deliveries"]]
    assert outcomes == ["lost", "200", "200"]


def test_events_overtake_each_other_when_told_to(
    told: Caller, receiver: Receiver
) -> None:
    told.control("webhooks", mode="reordered", times=1)
    first = told.control("add_contact", Name="Ada")["ContactID"]
    second = told.control("add_contact", Name="Bea")["ContactID"]
    settle(told)
    assert [each["resourceId"] for each in receiver.events()] == [second, first]


def test_what_is_not_received_well_is_sent_again(
    told: Caller, receiver: Receiver
) -> None:
    told.control("set_settings", retry_seconds=0.05)
    replies: Iterator[tuple[int, dict[str, str], bytes]] = iter(
        [(500, {}, b""), (200, {}, b"ok"), (200, {}, b"")]
    )
    receiver.reply = lambda right: next(replies)
    told.control("add_contact", Name="Ada")
    settle(told)
    assert len({each["resourceId"] for each in receiver.events()}) == 1
    assert len(receiver.events()) == 3


def test_an_address_that_fails_for_long_is_disabled_and_told_later(
    told: Caller, receiver: Receiver
) -> None:
    told.control("set_settings", retry_seconds=0.02, retries=3)
    receiver.reply = lambda right: (500, {}, b"")
    told.control("add_contact", Name="Ada")
    wait(lambda: bool(told.ledger()["webhook"]["status"] == "disabled"))
    assert len(receiver.events()) == 3
    receiver.reply = lambda right: (200 if right else 401, {}, b"")
    told.control("webhook", url=receiver.url)
    settle(told)
    assert len(receiver.events()) == 4
