"""Invoices: found by number, made once, and never another's.

https://developer.xero.com/documentation/api/accounting/invoices
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from connectors.xero.client import WHOLE, Client, quoted, without_empty
from connectors.xero.contacts import Contacts
from connectors.xero.items import Items
from connectors.xero.lines import total_of
from connectors.xero.phrases import NUMBER_TAKEN
from connectors.xero.reader import LISTS, raw
from connectors.xero.refusals import of_element
from integration.canonical.accounts import Invoice
from integration.contract.mapping import number
from integration.contract.messages import Action, Found, Json, Outcome, Outgoing, Wanted
from integration.errors import BadRecord, SyncFailure, Unsupported
from integration.http.body import parse

RESOURCE = "Invoices"
# Documents looked for in one call, and by how much rounding may part two totals that
# are the same all the same.
AT_ONCE = 50
NEAR = Decimal("0.05")
GONE = frozenset({"DELETED", "VOIDED"})

_encoder = msgspec.json.Encoder(decimal_format="number")
Row = Mapping[str, Any]


class Sheets:
    """Makes what is sent of documents: contacts by id, items by the codes they have."""

    def __init__(self, client: Client, contacts: Contacts, items: Items) -> None:
        self._contacts = contacts
        self._items = items
        self._tracked = bool(client.settings.get("tracked_items"))
        self._named: dict[str, str] = {}

    def body(self, payload: Row) -> dict[str, Any]:
        """The document as it is sent."""
        found = without_empty(payload)
        found.pop("Settlement", None)
        found["Contact"] = self._contact(found["Contact"])
        found["LineItems"] = [self._line(line) for line in found["LineItems"]]
        return found

    def _contact(self, contact: Row) -> dict[str, Any]:
        """A name would make Xero look for it in its own way: it is looked up here."""
        if "ContactID" in contact:
            return dict(contact)
        name = str(contact["Name"])
        if name not in self._named:
            self._named[name] = self._contacts.named(name)
        return {"ContactID": self._named[name]}

    def _line(self, line: Row) -> dict[str, Any]:
        """A line with its item's code; without one for an item that is gone, and for
        one Xero counts, unless its stock shall move."""
        found = dict(line)
        item = found.pop("Item", None)
        there = self._items.by_id.get(str(item["ItemID"])) if item else None
        if there and (self._tracked or not there.get("IsTrackedAsInventory")):
            found["ItemCode"] = there["Code"]
        return found


class Invoices:
    """See the contract. The number is the guard against doubles: Xero refuses the
    second of it, and what is found under it must be the same sale."""

    def __init__(self, client: Client, sheets: Sheets) -> None:
        self._client = client
        self._sheets = sheets

    def find(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By number, where reference, currency and total agree."""
        prefix = self._client.settings.get("invoice_prefix") or ""
        records = [
            (one.uid, f"{prefix}{one.record.number}", one.record)
            for one in wanted
            if isinstance(one.record, Invoice)
        ]
        there = self._numbered([number for _, number, _ in records])
        for uid, numbered, record in records:
            row = there.get(numbered)
            if row and same(row, record.reference, record.currency, record.total):
                yield Found(uid, (str(row["InvoiceID"]),), "number")

    def write(self, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """Make invoices; one whose number is there is linked, if it is the same."""
        made = [each for each in batch if each.action == Action.CREATE]
        yield from (unchanging(each) for each in batch if each not in made)
        if not made:
            return
        bodies = [self._sheets.body(each.payload) for each in made]
        answers = self._client.create(RESOURCE, bodies, [each.key for each in made])
        taken = []
        for each, body, row in zip(made, bodies, answers, strict=True):
            failure = of_element(row)
            if failure is not None and failure.code == NUMBER_TAKEN:
                taken.append((each, body, failure))
            else:
                yield outcome(each, body, row, failure)
        yield from self._linked(taken)

    def _linked(
        self, taken: Sequence[tuple[Outgoing, Row, SyncFailure]]
    ) -> Iterator[Outcome]:
        there = self._numbered([str(body["InvoiceNumber"]) for _, body, _ in taken])
        for each, body, failure in taken:
            row = there.get(str(body["InvoiceNumber"]))
            if row is not None and ours(row, body):
                yield outcome(each, body, row, None)
            else:
                yield Outcome(each.uid, error=_anothers(row, body, failure))

    def _numbered(self, numbers: Sequence[str]) -> dict[str, Row]:
        """Number -> the living invoice that has it."""
        found: dict[str, Row] = {}
        # A number with a comma would be taken for two.
        plain = [number for number in numbers if "," not in number]
        odd = [number for number in numbers if "," in number]
        asked = [plain[n : n + AT_ONCE] for n in range(0, len(plain), AT_ONCE)]
        queries = [{"InvoiceNumbers": ",".join(some)} for some in asked]
        queries += [{"where": f"InvoiceNumber=={quoted(one)}"} for one in odd]
        for query in queries:
            rows = self._client.rows(RESOURCE, "", {**WHOLE, **query})
            for row in map(parse, rows):
                if row.get("Type") == "ACCREC" and row.get("Status") not in GONE:
                    found[str(row["InvoiceNumber"])] = row
        return found


def same(
    row: Row, reference: str, currency: str, total: Decimal, near: Decimal = Decimal(0)
) -> bool:
    """Whether a document there is the one meant, totals apart by `near` at most."""
    return (
        str(row.get("Reference") or "") == reference
        and row.get("CurrencyCode") == currency
        and abs(number(row["Total"]) - total) <= near
    )


def ours(row: Row, body: Row) -> bool:
    """Whether a document there is what we sent, perhaps rounded differently."""
    total = total_of(body["LineItems"], body["LineAmountTypes"])
    return same(
        row, str(body.get("Reference") or ""), body["CurrencyCode"], total, NEAR
    )


def outcome(
    outgoing: Outgoing, body: Row, row: Row, failure: SyncFailure | None
) -> Outcome:
    """What became of an invoice; one with another total is there, and told of."""
    if failure is not None:
        return Outcome(outgoing.uid, error=failure)
    listed = raw(LISTS["invoices"], _encoder.encode(row))
    return Outcome(
        outgoing.uid,
        str(row["InvoiceID"]),
        error=miscounted(body, row),
        echo=(("invoices", listed),),
    )


def miscounted(body: Row, row: Row) -> BadRecord | None:
    """The problem of a document Xero reckoned up otherwise; None where it agrees."""
    sent = total_of(body["LineItems"], body["LineAmountTypes"])
    there = number(row["Total"])
    if sent == there:
        return None
    return BadRecord(
        "Total",
        f"The shop's total is {sent:f}, Xero made it {there:f}.",
        code="total_differs",
        hint="The document is in Xero: correct it there by hand.",
    )


def unchanging(outgoing: Outgoing) -> Outcome:
    """What is booked stays as it is: a change of it is a person's decision."""
    return Outcome(
        outgoing.uid,
        outgoing.external_id,
        Unsupported(
            "It is booked in Xero; later changes must be made there by hand.",
            code="already_booked",
        ),
    )


def _anothers(row: Row | None, body: Json, failure: SyncFailure) -> SyncFailure:
    if row is None:
        return failure
    return BadRecord(
        "InvoiceNumber",
        f"Xero has an invoice {body['InvoiceNumber']} already, for "
        f"{row.get('CurrencyCode')} {number(row['Total']):f} with the reference "
        f"“{row.get('Reference') or ''}”: it is not this sale.",
        code=NUMBER_TAKEN,
        hint="Set a prefix for the invoice numbers of this shop.",
    )
