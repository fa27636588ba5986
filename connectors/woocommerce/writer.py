"""Writes to the shop: finds by SKU or name, then products in batches.

https://woocommerce.github.io/woocommerce-rest-api-docs/#batch-update-products
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.woocommerce import images
from connectors.woocommerce.client import PAGE, Client, fields
from connectors.woocommerce.items import Item, item, mended, row, untaken
from connectors.woocommerce.refusals import TERM_EXISTS, judge, of_item, of_reply, read
from connectors.woocommerce.words import plain
from integration.canonical.kinds import Kind
from integration.contract.messages import Found, Outcome, Outgoing, Wanted
from integration.errors import BadRecord, SyncFailure, TooLarge, Transient, Unknown
from integration.http.body import parse
from integration.http.client import Reply

# A refused item is mended and sent again this often: adopted, then its pictures one
# by one left out.
ROUNDS = 4


class Writer:
    """See the contract. Products, stock and prices share the shop's product batch."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By SKU in whatever case, categories by name, those at the top first."""
        if kind == Kind.CATEGORY:
            yield from self._categories(wanted)
            return
        by_sku: dict[str, list[str]] = defaultdict(list)
        for one in wanted:
            if sku := one.keys().get("sku", ""):
                by_sku[sku.casefold()].append(one.uid)
        skus = list(by_sku)
        for begin in range(0, len(skus), PAGE):
            there = self._with_skus(skus[begin : begin + PAGE])
            for sku, ids in there.items():
                yield from (
                    Found(uid, tuple(ids), "sku") for uid in by_sku.get(sku, ())
                )

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """One outcome each, in no promised order. Raises TooLarge for a long batch."""
        if kind == Kind.CATEGORY:
            yield from (self._category(outgoing) for outgoing in batch)
            return
        items = [item(outgoing) for outgoing in batch]
        for left in reversed(range(ROUNDS)):
            again: list[Item] = []
            for one, answer in self._sent(items):
                outcome = self._ended(one, answer, again if left else None)
                if outcome is not None:
                    yield outcome
            items = again
            if not items:
                return

    def _with_skus(self, skus: Sequence[str]) -> dict[str, list[str]]:
        """SKU -> ids of the products that have it. A variation is none."""
        there: dict[str, list[str]] = defaultdict(list)
        for found in self._client.rows(
            "products", sku=",".join(skus), _fields="id,sku,type"
        ):
            number, sku, kind = fields(found, "id", "sku", "type")
            if kind != "variation":
                there[str(sku).casefold()].append(str(number))
        return there

    def _sent(self, items: Sequence[Item]) -> Iterator[tuple[Item, bytes]]:
        """Each item with its answer: their places in the lists are the same."""
        new = [one for one in items if one.id is None]
        known = [one for one in items if one.id is not None]
        lists = {"create": new, "update": known}
        body = {
            name: [one.body() for one in ones] for name, ones in lists.items() if ones
        }
        reply = self._batch(body, repeatable=not _leaves_traces(items))
        for name in body:
            answers = reply.slices(name)
            if len(answers) != len(lists[name]):
                raise Unknown("The shop did not answer for every product of a batch.")
            yield from zip(lists[name], answers, strict=True)

    def _batch(self, body: dict[str, list[Any]], repeatable: bool) -> Reply:
        try:
            return judge(
                self._client.attempt(
                    "POST", "products/batch", body, repeatable=repeatable
                )
            )
        except Transient as failure:
            if failure.code == "timed_out" and sum(map(len, body.values())) > 1:
                raise TooLarge(
                    failure.message, hint="Weft sends fewer at once."
                ) from failure
            raise

    def _ended(
        self, one: Item, answer: bytes, again: list[Item] | None
    ) -> Outcome | None:
        """The outcome of an item; None where it was put on `again` instead."""
        there = parse(answer)
        if not isinstance(there, dict):
            raise Unknown("The shop did not say what became of a product.")
        refusal = read(there.get("error"))
        if refusal is None:
            return _done(one, there, answer)
        better = mended(self._client, one, refusal) if again is not None else None
        if better is not None and again is not None:
            again.append(better)
            return None
        return Outcome(one.outgoing.uid, error=_final(one, of_item(refusal)))

    def _category(self, outgoing: Outgoing) -> Outcome:
        """Makes or renames one; one of that name already there is taken as it is."""
        path, method = "products/categories", "POST"
        if outgoing.external_id:
            path, method = f"{path}/{outgoing.external_id}", "PUT"
        sent = outgoing.payload.items()
        body = {name: value for name, value in sent if value is not None}
        reply = self._client.attempt(method, path, body)
        refusal = of_reply(reply) if reply.status == 400 else None
        if refusal and refusal.code == TERM_EXISTS and "resource_id" in refusal.data:
            return Outcome(outgoing.uid, str(refusal.data["resource_id"]))
        try:
            there = judge(reply).json()
        except BadRecord as refused:
            return Outcome(outgoing.uid, error=refused)
        return Outcome(outgoing.uid, str(there["id"]))

    def _categories(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        there: dict[str, list[tuple[bool, str]]] = defaultdict(list)
        for found in self._client.rows("products/categories", _fields="id,name,parent"):
            number, name, parent = fields(found, "id", "name", "parent")
            there[plain(name).casefold()].append((bool(parent), str(number)))
        for one in wanted:
            name = one.keys().get("name", "").strip()
            same = there.get(name.casefold(), []) if name else []
            top = [number for below, number in same if not below]
            if ids := top or [number for _, number in same]:
                yield Found(one.uid, tuple(ids), "name")


def _leaves_traces(items: Sequence[Item]) -> bool:
    """Whether sending these twice would make something twice."""
    return any(one.id is None or one.brings_files for one in items)


def _done(one: Item, there: Any, answer: bytes) -> Outcome:
    """A success, and all the shop told with it."""
    sku = one.fields.get("sku")
    number = str(there["id"])
    raw = row(answer)
    learned = images.learned(one.pictures or (), there.get("images") or ())
    return Outcome(
        one.outgoing.uid,
        number,
        error=one.problem or untaken(one, there),
        parts={sku: number} if sku else {},
        handles=learned,
        echo=(("products", raw),) if raw is not None else (),
    )


def _final(one: Item, failure: SyncFailure) -> SyncFailure:
    """A refusal in the words of the item: an adopted holder that is no product."""
    if failure.code == "gone_on_target" and one.outgoing.external_id is None:
        return BadRecord(
            "sku",
            f"The SKU {one.fields.get('sku')} belongs to one form of another product.",
            code="sku_taken",
            hint="Give one of the two another SKU.",
        )
    return failure
