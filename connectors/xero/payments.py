"""Payments of invoices: found by their reference, made once.

https://developer.xero.com/documentation/api/accounting/payments
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.xero.client import WHOLE, Client, any_of, quoted, without_empty
from connectors.xero.invoices import unchanging
from connectors.xero.refusals import of_element
from integration.canonical.accounts import Payment
from integration.contract.mapping import number
from integration.contract.messages import Action, Found, Outcome, Outgoing, Wanted
from integration.http.body import parse

RESOURCE = "Payments"
AT_ONCE = 20
Row = Mapping[str, Any]


class Payments:
    """See the contract. A payment is known by the payment service's own number, else
    by our mark, in its reference."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By reference, amount and the invoice's number."""
        records = [
            (one.uid, one.record) for one in wanted if isinstance(one.record, Payment)
        ]
        for begin in range(0, len(records), AT_ONCE):
            some = records[begin : begin + AT_ONCE]
            references = {record.transaction or uid for uid, record in some}
            there = self._referring(sorted(references))
            for uid, record in some:
                ids = [_id(row) for row in there if _is(row, uid, record)]
                if ids:
                    yield Found(uid, tuple(ids), "reference")

    def write(self, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """Make payments; a booked one is never changed."""
        made = [each for each in batch if each.action == Action.CREATE]
        yield from (unchanging(each) for each in batch if each not in made)
        if not made:
            return
        rows = [{"Reference": each.uid, **without_empty(each.payload)} for each in made]
        answers = self._client.create(RESOURCE, rows, [each.key for each in made])
        for each, row in zip(made, answers, strict=True):
            failure = of_element(row)
            number_there = None if failure else _id(row)
            yield Outcome(each.uid, number_there, failure)

    def _referring(self, references: Sequence[str]) -> list[Row]:
        terms = [f"Reference=={quoted(one)}" for one in references]
        found = self._client.rows(RESOURCE, "", {**WHOLE, "where": any_of(terms)})
        rows = [parse(row) for row in found]
        return [row for row in rows if row.get("Status") != "DELETED"]


def _is(row: Row, uid: str, payment: Payment) -> bool:
    """Whether a payment there is the one meant."""
    invoice = str((row.get("Invoice") or {}).get("InvoiceNumber") or "")
    return (
        row.get("Reference") == (payment.transaction or uid)
        and number(row["Amount"]) == payment.money.rounded(2).amount
        and invoice.endswith(payment.order_number)
    )


def _id(row: Row) -> str:
    return str(row["PaymentID"])
