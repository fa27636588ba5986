"""Hands orders in at Crystal, and looks for those that may be there already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.crystal.client import Client
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
from integration.errors import BadConfig, Unknown, Unsupported

# Where Crystal keeps our mark and the shop's order number: ours, to be confirmed.
MARK = "external_id"
REFERENCE = "reference"


class Writer:
    """Writes orders, once each: Crystal has no way to change one."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """Orders there by our mark, then by the shop's number.

        Nothing where the setting `order_lookup` is off. Raises BadConfig where Crystal
        turns out to ignore the mark: then nothing it leaves out is proof of absence.
        """
        if not self.client.order_lookup:
            return
        for one in wanted:
            found = self._by_mark(one.uid)
            by = "mark"
            if not found and isinstance(one.record, Order):
                found, by = self._by_reference(one.uid, one.record.number), REFERENCE
            if found:
                yield Found(one.uid, found, by)

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """One call for each order; an order that is there already stays as it is."""
        for outgoing in batch:
            if outgoing.action is Action.CREATE:
                answer = self.client.send_order(
                    {**outgoing.payload, MARK: outgoing.uid}
                )
                yield Outcome(outgoing.uid, _id_of(answer))
            else:
                yield Outcome(outgoing.uid, outgoing.external_id, _once_only())

    def _by_mark(self, uid: str) -> tuple[str, ...]:
        orders = self.client.orders(**{MARK: uid})
        if any(_text(order, MARK) != uid for order in orders):
            raise BadConfig(
                "order_lookup",
                "Crystal does not look orders up by the mark Weft leaves on them.",
                hint="Switch this setting off.",
            )
        return tuple(_id_of(order) for order in orders)

    def _by_reference(self, uid: str, number: str) -> tuple[str, ...]:
        """Two shops may count alike: an order with another mark is another order."""
        return tuple(
            _id_of(order)
            for order in self.client.orders(**{REFERENCE: number})
            if _text(order, REFERENCE) == number and _text(order, MARK) in ("", uid)
        )


def _id_of(answer: Json) -> str:
    external_id = _text(answer, "id")
    if not external_id:
        raise Unknown(
            "Crystal took an order but did not say under which id.",
            hint="Look for the order in Crystal before sending it again.",
        )
    return external_id


def _text(order: Json, name: str) -> str:
    value = order.get(name) if isinstance(order, dict) else None
    return "" if value is None else str(value)


def _once_only() -> Unsupported:
    return Unsupported(
        "Crystal takes an order once; later changes must be made there by hand.",
        code="order_already_sent",
    )
