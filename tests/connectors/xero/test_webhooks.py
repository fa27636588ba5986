"""What Xero tells at the app's one address, and whom it is believed for."""

from __future__ import annotations

import json
from typing import Any

from connectors.xero import CONNECTOR
from connectors.xero.webhooks import Webhooks, signature
from integration.contract.messages import Event, Request, Verdict
from tests.connectors.xero.books import Books

KEY = "a key of the app"


def request(body: bytes, key: str = KEY, header: str = "X-Xero-Signature") -> Request:
    told = signature(key, body).decode()
    return Request("POST", "/hooks/app/xero/", "", {header: told}, body)


def event(category: str, resource: str, tenant: str = "t-1") -> dict[str, Any]:
    return {
        "resourceId": resource,
        "eventCategory": category,
        "eventType": "UPDATE",
        "tenantId": tenant,
        "tenantType": "ORGANISATION",
    }


def told(*events: Any) -> bytes:
    return json.dumps({"events": list(events), "entropy": "x"}).encode()


def test_events_name_their_organisation_and_what_to_read_again() -> None:
    body = told(
        event("CONTACT", "c-1"),
        event("INVOICE", "i-1"),
        event("INVOICE", "i-2"),
        event("INVOICE", "i-1"),
        event("CREDITNOTE", "n-1", "t-2"),
        event("PREPAYMENT", "p-1"),
    )
    hooks = Webhooks({"webhook_key": KEY})
    call = request(body)
    assert hooks.greet(call) is None
    assert hooks.verify(call) == Verdict.SIGNED
    assert list(hooks.events(call)) == [
        Event("contacts", ("c-1",), topic="CONTACT", account="t-1"),
        Event("invoices", ("i-1", "i-2"), topic="INVOICE", account="t-1"),
        Event("credit_notes", ("n-1",), topic="CREDITNOTE", account="t-2"),
    ]


def test_a_changed_body_a_wrong_key_or_no_key_is_not_believed() -> None:
    body = told(event("CONTACT", "c-1"))
    call = request(body)
    for place in range(len(body)):
        flipped = bytearray(body)
        flipped[place] ^= 1
        altered = call._replace(body=bytes(flipped))
        assert Webhooks({"webhook_key": KEY}).verify(altered) == Verdict.FORGED
    assert Webhooks({"webhook_key": "other"}).verify(call) == Verdict.FORGED
    assert Webhooks({}).verify(request(body, "")) == Verdict.FORGED
    bare = call._replace(headers={})
    assert Webhooks({"webhook_key": KEY}).verify(bare) == Verdict.FORGED


def test_what_is_no_json_of_events_is_nothing() -> None:
    hooks = Webhooks({"webhook_key": KEY})
    for body in (b"", b"[]", b"no", b'{"events":7}', b'{"events":[1,null]}'):
        assert list(hooks.events(request(body))) == []


def test_every_stream_that_is_told_of_is_one_that_is_read(books: Books) -> None:
    streams = {stream.key for stream in CONNECTOR.streams}
    body = told(*(event(name, "1") for name in ("CONTACT", "INVOICE", "CREDITNOTE")))
    hooks = Webhooks({"webhook_key": KEY})
    assert {one.stream for one in hooks.events(request(body))} <= streams
    before = books.ledger()
    hooks.sync(books.client(), "https://weft.example/hooks/app/xero/", "", streams)
    assert books.ledger() == before
