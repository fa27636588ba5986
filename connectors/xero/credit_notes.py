"""Credit notes: made once, then set against the invoice or paid back.

Each step asks first what is done already, so all of it may be repeated.
https://developer.xero.com/documentation/api/accounting/creditnotes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from connectors.xero.client import WHOLE, Client, any_of, quoted
from connectors.xero.fields import CREDIT_NOTE_PREFIX
from connectors.xero.invoices import Sheets, miscounted, ours, same, unchanging
from connectors.xero.phrases import NUMBER_TAKEN
from connectors.xero.reader import LISTS, raw
from connectors.xero.refusals import of_element
from integration.canonical.accounts import CreditNote
from integration.contract.mapping import number
from integration.contract.messages import Action, Found, Outcome, Outgoing, Wanted
from integration.errors import BadCredentials, BadRecord, SyncFailure
from integration.http.body import parse

RESOURCE = "CreditNotes"
AT_ONCE = 20
ZERO = Decimal(0)
# Only what is approved can be set against an invoice or paid back.
APPROVED = frozenset({"AUTHORISED", "PAID"})
GONE = frozenset({"DELETED", "VOIDED"})

_encoder = msgspec.json.Encoder(decimal_format="number")
Row = Mapping[str, Any]


class CreditNotes:
    """See the contract."""

    def __init__(self, client: Client, sheets: Sheets) -> None:
        self._client = client
        self._sheets = sheets

    def find(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By number, where reference, currency and total agree.

        One with credit left is not told of: sending it again ends what was begun.
        """
        prefix = self._client.settings.get("credit_note_prefix") or CREDIT_NOTE_PREFIX
        records = [
            (one.uid, f"{prefix}{one.record.number}", one.record)
            for one in wanted
            if isinstance(one.record, CreditNote)
        ]
        there = self._numbered([number for _, number, _ in records])
        for uid, numbered, record in records:
            row = there.get(numbered)
            if row is None or (row["Status"] in APPROVED and _left(row)):
                continue
            if same(row, record.order_number, record.currency, record.total):
                yield Found(uid, (str(row["CreditNoteID"]),), "number")

    def write(self, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """Make credit notes and settle them; one that is there already is settled."""
        made = [each for each in batch if each.action == Action.CREATE]
        yield from (unchanging(each) for each in batch if each not in made)
        if not made:
            return
        bodies = [self._sheets.body(each.payload) for each in made]
        answers = self._client.create(RESOURCE, bodies, [each.key for each in made])
        for each, body, row in zip(made, bodies, answers, strict=True):
            failure = of_element(row)
            if failure is not None and failure.code == NUMBER_TAKEN:
                row, failure = self._known(body, failure)
            if failure is None:
                failure = self._settled(each, row)
            if failure is not None:
                yield Outcome(each.uid, error=failure)
                continue
            listed = raw(LISTS["credit_notes"], _encoder.encode(row))
            yield Outcome(
                each.uid,
                str(row["CreditNoteID"]),
                error=miscounted(body, row),
                echo=(("credit_notes", listed),),
            )

    def _known(self, body: Row, failure: SyncFailure) -> tuple[Row, SyncFailure | None]:
        """The note that has the number, or the refusal where it is another's."""
        row = self._numbered([body["CreditNoteNumber"]]).get(body["CreditNoteNumber"])
        if row is not None and ours(row, body):
            return row, None
        return {}, BadRecord(
            "CreditNoteNumber",
            f"Xero has a credit note {body['CreditNoteNumber']} already, and it is not "
            "this refund.",
            code=NUMBER_TAKEN,
            hint="Set another prefix for the credit note numbers of this shop.",
        )

    def _settled(self, outgoing: Outgoing, row: Row) -> SyncFailure | None:
        """Set the note against its invoice and pay back the rest; what went wrong.

        The note is not called done before: the next try finds it and goes on.
        """
        if row.get("Status") not in APPROVED:
            return None
        told = outgoing.payload["Settlement"]
        try:
            self._allocate(outgoing, row, told)
            self._pay_back(outgoing, row, told)
        except BadCredentials:
            raise
        except SyncFailure as failure:
            return failure
        return None

    def _allocate(self, outgoing: Outgoing, row: Row, told: Row) -> None:
        paid_back = number(told.get("PaidBack", ZERO))
        wanted = number(row["Total"]) - paid_back - _sum(row, "Allocations")
        if wanted <= 0:
            return
        found = self._client.rows("Invoices", "", {**WHOLE, "IDs": told["InvoiceID"]})
        due = number(parse(found[0]).get("AmountDue") or 0) if found else ZERO
        amount = min(wanted, due, _left(row))
        if amount <= 0:
            return
        allocation = {
            "Invoice": {"InvoiceID": told["InvoiceID"]},
            "Amount": amount,
            "Date": outgoing.payload["Date"],
        }
        self._do(f"{RESOURCE}/{row['CreditNoteID']}/Allocations", allocation, outgoing)

    def _pay_back(self, outgoing: Outgoing, row: Row, told: Row) -> None:
        amount = number(told.get("PaidBack", ZERO)) - _sum(row, "Payments")
        if amount <= 0:
            return
        payment = {
            "CreditNote": {"CreditNoteID": row["CreditNoteID"]},
            "Account": told["Account"],
            "Date": outgoing.payload["Date"],
            "Amount": amount,
            "Reference": told["Reference"],
        }
        self._do("Payments", payment, outgoing)

    def _do(self, resource: str, row: Row, outgoing: Outgoing) -> None:
        [answer] = self._client.create(resource, [row], [outgoing.key, resource])
        failure = of_element(answer)
        if failure is not None:
            raise failure

    def _numbered(self, numbers: Sequence[str]) -> dict[str, Row]:
        """Number -> the living credit note that has it."""
        found: dict[str, Row] = {}
        for begin in range(0, len(numbers), AT_ONCE):
            terms = [
                f"CreditNoteNumber=={quoted(one)}"
                for one in numbers[begin : begin + AT_ONCE]
            ]
            rows = self._client.rows(RESOURCE, "", {**WHOLE, "where": any_of(terms)})
            for row in map(parse, rows):
                if row.get("Type") == "ACCRECCREDIT" and row.get("Status") not in GONE:
                    found[str(row["CreditNoteNumber"])] = row
        return found


def _left(row: Row) -> Decimal:
    """The credit that is not used yet."""
    return number(row.get("RemainingCredit", row["Total"]))


def _sum(row: Row, name: str) -> Decimal:
    """What was allocated, or paid back, so far."""
    listed = [each for each in row.get(name) or () if not each.get("IsDeleted")]
    return sum((number(each["Amount"]) for each in listed), ZERO)
