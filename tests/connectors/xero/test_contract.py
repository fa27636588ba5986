"""Every call our code makes is one the vendor's own description of the API allows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from openapi_core.exceptions import OpenAPIError
from requests import PreparedRequest, Request

from connectors.xero import CONNECTOR
from connectors.xero.client import BASE_URL, Client
from integration.canonical.catalog import Price, Variant
from integration.canonical.kinds import Kind
from integration.canonical.parties import Address
from integration.canonical.record import Record
from integration.canonical.sales import LineType
from integration.canonical.values import Money, Ref
from integration.contract.messages import Action, Outgoing, Wanted
from integration.http.auth import Auth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from tests.connectors.xero.books import Books, buyer, line, payment, refund, sale
from tests.connectors.xero.described import FILE, Described
from tests.connectors.xero.subject import MARA, MUG, TENANT
from tests.contract.world import RULES

Json = Any
# Signing in is described elsewhere, and tested with the connector's own sign-in.
pytestmark = pytest.mark.filterwarnings("ignore:Unsupported scheme type")
_decoder = msgspec.json.Decoder()


class Recording(Auth):
    """Signs as another does and keeps what was signed: what really goes out."""

    def __init__(self, inner: Auth) -> None:
        self._inner = inner
        self.stale = inner.stale
        self.sent: list[PreparedRequest] = []

    def ready(self, http: Http) -> None:
        self._inner.ready(http)

    def renew(self, http: Http) -> bool:
        return self._inner.renew(http)

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        signed = self._inner.sign(request)
        self.sent.append(signed)
        return signed


class Sent(NamedTuple):
    """A call: its method, the list it is about, its body, and the call itself."""

    method: str
    resource: str
    body: Json
    request: RequestsOpenAPIRequest


@pytest.fixture(scope="module")
def described(platform_contracts: Path) -> Described:
    return Described(platform_contracts / FILE)


def recording(books: Books) -> tuple[Client, Recording]:
    """A client that names its organisation, and what it sends."""
    settings = books.settings(organisation=TENANT)
    auth = Recording(CONNECTOR.auth(settings, books.credentials))
    root = CONNECTOR.base_url(settings)
    door = Http(base_url=root, auth=auth, meter=FreeMeter(), rules=RULES)
    return CONNECTOR.client(settings, door), auth


def sent(books: Books, auth: Recording) -> list[Sent]:
    """What went out, as if it had gone to the vendor."""
    found = []
    for request in auth.sent:
        moved = request.copy()
        moved.url = str(request.url).replace(books.root, BASE_URL)
        place = moved.url.partition("?")[0].removeprefix(f"{BASE_URL}/api.xro/2.0/")
        body = _decoder.decode(request.body) if request.body else None
        call = RequestsOpenAPIRequest(moved)
        found.append(Sent(str(request.method), place.rpartition("/")[2], body, call))
    return found


def written(books: Books, client: Client) -> None:
    """A sale from its customer to its refund, each posted and looked for."""
    writer = books.writer(client)
    sold = line("5.00", "0.75", sku="MUG-BLU", variant=Ref(Kind.VARIANT, "10"))
    post = line("6.00", "0.90", type=LineType.SHIPPING)
    home = Address(name="Ann", line1="4 Kiln Rd", city="Nelson", country="NZ")
    records: list[Record] = [
        buyer(phone="1", account_number="S-1", billing=home, shipping=home),
        Variant(external_id="11", sku="NEW-1", title="New"),
        sale(sold, post, buyer=buyer(phone="1", billing=home)),
    ]
    for record in records:
        outgoing = books.outgoing_of(record, f"uid-{record.kind}", **EVERYTHING)
        [outcome] = writer.write(record.kind, [outgoing])
        assert outcome.error is None
        books.ids[(str(Kind.ORDER), "1001")] = str(outcome.external_id)
        list(writer.find(record.kind, [Wanted(outgoing.uid, record)]))
    money = Money(Decimal("1.25"), "NZD")
    price = Price(external_id="10", variant=Ref(Kind.VARIANT, "10"), money=money)
    frozen = Outgoing("uid-p", Action.UPDATE, MUG, books.payload(price), "key-p")
    assert [one.error for one in writer.write(Kind.PRICE, [frozen])] == [None]
    paid = payment("4.00")
    given_back = refund(line("5.00", "0.75"), paid_back=money.amount)
    for thing in (paid, given_back):
        outgoing = books.outgoing_of(thing, f"uid-{thing.kind}")
        assert [one.error for one in writer.write(thing.kind, [outgoing])] == [None]
        list(writer.find(thing.kind, [Wanted(outgoing.uid, thing)]))


# Every setting that adds something to what is sent.
EVERYTHING: Mapping[str, Any] = {
    "send_contact_data": True,
    "tracking_category": "Channel",
    "tracking_option": "Web shop",
}


def test_every_call_is_one_the_description_allows(
    books: Books, described: Described
) -> None:
    client, auth = recording(books)
    assert all(finding.ok for finding in CONNECTOR.probe(client))
    for stream in CONNECTOR.streams:
        list(books.reader(client).read(stream.key, None, None))
        list(books.reader(client).fetch(stream.key, [MARA]))
    written(books, client)
    calls = sent(books, auth)
    for call in calls:
        described.openapi.validate_request(call.request)
    bodies = [call for call in calls if call.body]
    assert {(call.method, call.resource) for call in bodies} == {
        ("PUT", "Contacts"),
        ("PUT", "Items"),
        ("POST", "Items"),
        ("PUT", "Invoices"),
        ("PUT", "Payments"),
        ("PUT", "CreditNotes"),
        ("PUT", "Allocations"),
    }
    strange = [described.unknown(call.resource, call.body) for call in bodies]
    assert strange == [[] for _ in bodies]


def test_a_read_of_changes_asks_as_the_description_says(
    books: Books, described: Described
) -> None:
    client, auth = recording(books)
    for stream in ("items", "contacts", "invoices", "credit_notes"):
        list(books.reader(client).read(stream, "2026-11-20T01:02:03", None))
    calls = sent(books, auth)
    assert len(calls) == 4
    for call in calls:
        assert call.request.parameters.header["If-Modified-Since"] == (
            "2026-11-20T01:00:03Z"
        )
        described.openapi.validate_request(call.request)
        assert call.request.parameters.header["xero-tenant-id"] == TENANT


WRONG = (
    ("an unknown type", {"Type": "SALE"}),
    ("an unknown status", {"Type": "ACCREC", "Status": "OPEN"}),
    ("lines that are no list", {"Type": "ACCREC", "LineItems": {"Quantity": 1}}),
)


@pytest.mark.parametrize("row", [row for _, row in WRONG], ids=[n for n, _ in WRONG])
def test_the_description_refuses_a_wrong_invoice(
    described: Described, row: Json
) -> None:
    with pytest.raises(OpenAPIError):
        described.openapi.validate_request(put_of(row))


def test_a_right_invoice_of_the_same_making_is_taken(described: Described) -> None:
    row = {"Type": "ACCREC", "Status": "DRAFT", "LineItems": [{"Quantity": 1}]}
    described.openapi.validate_request(put_of(row))


def test_a_key_the_description_does_not_know_is_told() -> None:
    inside = {"properties": {"Type": {}, "Lines": {"items": {"$ref": "#/s/Line"}}}}
    told = Described.__new__(Described)
    told.schemas = {
        "Invoices": {"properties": {"Invoices": {"items": inside}}},
        "Line": {"properties": {"Quantity": {}}},
    }
    row = {"Type": "ACCREC", "Totals": 1, "Lines": [{"Quantity": 1, "Size": 2}]}
    assert told.unknown("Invoices", {"Invoices": [row]}) == [
        "Invoices.Invoices.Totals",
        "Invoices.Invoices.Lines.Size",
    ]


def put_of(row: Json) -> RequestsOpenAPIRequest:
    """A call that creates an invoice."""
    return RequestsOpenAPIRequest(
        Request(
            "PUT",
            f"{BASE_URL}/api.xro/2.0/Invoices",
            data=json.dumps({"Invoices": [row]}),
            headers={"xero-tenant-id": TENANT, "Content-Type": "application/json"},
        ).prepare()
    )
