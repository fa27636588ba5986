"""A sandboxed organisation with our connector on it, and sales to book there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from connectors.xero import CONNECTOR
from integration.canonical.accounts import CreditNote, Invoice, Payment
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.record import Record
from integration.canonical.sales import LineType, OrderLine
from integration.canonical.values import Money, Ref
from integration.contract.mapping import Context
from integration.contract.messages import Action, Outcome, Outgoing
from integration.sandbox.server import SandboxServer
from tests.connectors.xero.subject import (
    FACTS,
    MARA,
    MUG,
    PAIRS,
    TENANT,
    tables,
    without_limits,
)
from tests.contract.world import World

AT = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
BUYER = Ref(Kind.CUSTOMER, "77")
_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def line(net: str, tax: str = "0", **more: Any) -> OrderLine:
    """A line of goods; with tax its word is standard."""
    told: dict[str, Any] = {
        "id": "1",
        "type": LineType.GOODS,
        "name": "Mug",
        "quantity": Decimal(1),
        "unit_price": Decimal(net),
        "net": Decimal(net),
        "tax": Decimal(tax),
        "tax_code": "standard" if Decimal(tax) else "",
    }
    return OrderLine(**told | more)


def sale(*lines: OrderLine, **more: Any) -> Invoice:
    """An invoice of these lines; its total is their sum unless it is given."""
    found = lines or (line("100.00", "15.00"),)
    told: dict[str, Any] = {
        "external_id": "1001",
        "order": Ref(Kind.ORDER, "1001"),
        "number": "1001",
        "reference": "1001",
        "at": AT,
        "currency": "NZD",
        "total": sum((one.net + one.tax for one in found), Decimal(0)),
        "total_tax": sum((one.tax for one in found), Decimal(0)),
        "lines": found,
        "customer": BUYER,
    }
    return Invoice(**told | more)


def refund(*lines: OrderLine, **more: Any) -> CreditNote:
    """A credit note of these lines for the order 1001."""
    made = sale(*lines)
    told: dict[str, Any] = {
        "external_id": "9",
        "order": made.order,
        "number": "9",
        "order_number": "1001",
        "at": AT,
        "currency": "NZD",
        "total": made.total,
        "total_tax": made.total_tax,
        "lines": made.lines,
        "customer": BUYER,
        "method": "card",
    }
    return CreditNote(**told | more)


def payment(amount: str, **more: Any) -> Payment:
    """Money for the order 1001."""
    told: dict[str, Any] = {
        "external_id": "p-1",
        "order": Ref(Kind.ORDER, "1001"),
        "order_number": "1001",
        "money": Money(Decimal(amount), "NZD"),
        "at": AT,
        "method": "card",
    }
    return Payment(**told | more)


def buyer(**more: Any) -> Customer:
    """A customer of a shop."""
    told: dict[str, Any] = {
        "external_id": "78",
        "email": "ann@example.org",
        "first_name": "Ann",
        "last_name": "Archer",
    }
    return Customer(**told | more)


class Books(World):
    """The organisation from both sides: as Weft posts to it, and as it is kept."""

    def __init__(self, server: SandboxServer) -> None:
        super().__init__(CONNECTOR, server)
        without_limits(self)
        # Signed in, so that a test counts no call but its own.
        self.client().get("Organisation")
        self.intents = 0
        self.ids: dict[tuple[str, str], str] = {
            ("customer", "77"): MARA,
            ("variant", "10"): MUG,
        }

    def context(self, **settings: Any) -> Context:
        """What maps are told."""
        return Context(
            settings=self.settings(**settings),
            facts=FACTS,
            ids=self.ids,
            lookups=tables(),
            pairs=PAIRS,
        )

    def payload(self, record: Record, **settings: Any) -> dict[str, Any]:
        """What the map makes of a record."""
        made = CONNECTOR.writes[record.kind].map
        return made(record, self.context(**settings))

    def outgoing_of(
        self, record: Record, uid: str = "uid-1", **settings: Any
    ) -> Outgoing:
        """A record as the engine freezes it to be made; each freezing is an intent of
        its own."""
        payload = self.payload(record, **settings)
        frozen = _decoder.decode(_encoder.encode(payload))
        self.intents += 1
        key = f"{uid}-intent-{self.intents}"
        return Outgoing(uid, Action.CREATE, None, frozen, key)

    def write(
        self, kind: Kind, batch: Sequence[Outgoing], **settings: Any
    ) -> list[Outcome]:
        """Write a batch with a writer of its own."""
        return list(self.writer(self.client(**settings)).write(kind, batch))

    def post(self, record: Record, uid: str = "uid-1", **settings: Any) -> Outcome:
        """Map and write one record."""
        outgoing = self.outgoing_of(record, uid, **settings)
        [outcome] = self.write(record.kind, [outgoing], **settings)
        return outcome

    def booked(self, invoice: Invoice | None = None, **settings: Any) -> Outcome:
        """Post an invoice and remember what its order became."""
        found = sale() if invoice is None else invoice
        outcome = self.post(found, **settings)
        assert outcome.external_id, outcome.error
        self.ids[("order", found.order.external_id)] = outcome.external_id
        return outcome

    def row(self, name: str, **wanted: Any) -> dict[str, Any]:
        """The organisation's only thing of a sort with these values."""
        told = {"tenant": TENANT, **wanted}
        found: list[dict[str, Any]] = [
            row
            for row in self.ledger()[name]
            if all(row.get(key) == value for key, value in told.items())
        ]
        assert len(found) == 1, found
        return found[0]


def changed(record: Any, **more: Any) -> Any:
    """The record with some values changed."""
    return replace(record, **more)


def code_of(outcome: Outcome) -> str:
    """The code of what went wrong."""
    return outcome.error.code if outcome.error else ""
