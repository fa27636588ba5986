"""Hands customers and sales in at Galaxy, once each, and looks for those it has.

Galaxy says nothing when it takes a customer, knows no key that makes a repeat safe, and
changes nothing on our behalf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.galaxy.arrivals import Arrivals, mark, token
from connectors.galaxy.client import Client
from connectors.galaxy.orders import docid
from connectors.galaxy.reader import IDS_AT_ONCE
from connectors.galaxy.rows import guid
from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.contract.messages import (
    Action,
    Found,
    Json,
    Outcome,
    Outgoing,
    Wanted,
)
from integration.errors import BadConfig, BadRecord, Unsupported
from integration.http.body import parse

POST_CUSTOMER, POST_ENTRY = "postcustomer", "postentry"
MEND = "Switch this setting off; you are then asked."


class Writer:
    """See the contract. A customer is `pending` until Galaxy shows it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._traders: dict[str, str] = {}

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """Customers by our mark, code, then e-mail; sales by number, if that is on."""
        if kind == Kind.CUSTOMER:
            yield from Arrivals(self.client).found(wanted)
        elif self.client.settings.get("order_lookup"):
            yield from self._documents(wanted)

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """One call for each. Raises Unknown where Galaxy may have taken it."""
        for outgoing in batch:
            if outgoing.action is not Action.CREATE:
                yield Outcome(outgoing.uid, outgoing.external_id, _once_only(kind))
            elif kind == Kind.CUSTOMER:
                yield self._customer(outgoing)
            else:
                yield self._order(outgoing)

    def poll(self, kind: Kind, pending: Sequence[Outcome]) -> Iterator[Outcome]:
        """Those of the customers that show by now."""
        yield from Arrivals(self.client).shown(pending)

    def _customer(self, outgoing: Outgoing) -> Outcome:
        """A new one under an id of ours: Galaxy gives none back."""
        own = mark(outgoing.uid)
        self.client.act(POST_CUSTOMER, {**outgoing.payload, "ID": own})
        return Outcome(outgoing.uid, pending=token(own, outgoing.payload))

    def _order(self, outgoing: Outgoing) -> Outcome:
        body = outgoing.payload["body"]
        customer = outgoing.payload.get("customer")
        if customer:
            data = body["data"]
            told = {**data["trader"]["identifier"], "id": self._trader(customer)}
            trader = {**data["trader"], "identifier": told}
            body = {**body, "data": {**data, "trader": trader}}
        answer = self.client.act(POST_ENTRY, {"body": body})
        return Outcome(outgoing.uid, _id_of(answer) or body["data"]["docid"])

    def _trader(self, customer: str) -> str:
        """The trader a customer is: a sale names that, not the customer."""
        if customer not in self._traders:
            for body in self.client.rows("customers", ids=[customer]):
                row = parse(body)
                self._traders[guid(row.get("ID"))] = guid(row.get("TraderID"))
        trader = self._traders.get(customer, "")
        if not trader:
            raise BadRecord(
                "customer",
                "Galaxy does not list this order's customer, or names no trader.",
                code="no_trader",
                hint="Look whether the customer was switched off in Galaxy.",
            )
        return trader

    def _documents(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """Documents of these numbers. BadConfig where Galaxy does not look at them."""
        settings = self.client.settings
        field = str(settings.get("order_field") or "DocID")
        asked = {
            docid(one.record.number, settings.get("order_prefix")): one.uid
            for one in wanted
            if isinstance(one.record, Order)
        }
        numbers = list(asked)
        for begin in range(0, len(numbers), IDS_AT_ONCE):
            some = numbers[begin : begin + IDS_AT_ONCE]
            there: dict[str, list[str]] = {}
            for row in self._entities(field, some):
                if row.get(field) not in some:
                    raise _unheard("Galaxy does not look documents up by this field.")
                there.setdefault(row[field], []).append(_id_of(row))
            for number, ids in there.items():
                yield Found(asked[number], tuple(ids), "number")

    def _entities(self, field: str, numbers: Sequence[str]) -> list[Json]:
        entity = str(self.client.settings.get("order_entity") or "docentry")
        try:
            return self.client.entities(entity, field, numbers)
        except BadConfig as refused:
            if type(refused) is not BadConfig:
                raise
            raise _unheard(refused.message) from refused


def _id_of(answer: Json) -> str:
    """What Galaxy calls the document; "" where it does not say."""
    if not isinstance(answer, dict):
        return ""
    return guid(answer.get("ID")) or str(answer.get("Code") or "")


def _unheard(message: str) -> BadConfig:
    return BadConfig("order_lookup", message, hint=MEND)


def _once_only(kind: Kind) -> Unsupported:
    what = "customer" if kind == Kind.CUSTOMER else "sale"
    return Unsupported(
        f"Galaxy takes a {what} once; later changes must be made there by hand.",
        code="already_there",
    )
