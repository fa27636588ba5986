"""Items: found by code, made untracked, priced; one call shows them all.

https://developer.xero.com/documentation/api/accounting/items
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from connectors.xero import dates
from connectors.xero.client import Client, without_empty
from connectors.xero.refusals import of_element
from integration.contract.messages import (
    Action,
    Found,
    Json,
    Outcome,
    Outgoing,
    Raw,
    Wanted,
)
from integration.errors import BadRecord
from integration.http.body import parse

RESOURCE = "Items"
_encoder = msgspec.json.Encoder(decimal_format="number")


class Items:
    """See the contract. What is there is read once and kept for this conversation."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @cached_property
    def by_id(self) -> dict[str, dict[str, Any]]:
        """Every item there is, by its id."""
        rows = [parse(row) for row in self._client.rows(RESOURCE)]
        return {str(row["ItemID"]): row for row in rows}

    def find(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By code, as it is written there or in another case."""
        codes: dict[str, list[str]] = {}
        for number, row in self.by_id.items():
            codes.setdefault(str(row["Code"]).casefold(), []).append(number)
        for one in wanted:
            sku = one.keys().get("sku", "")
            ids = codes.get(sku.casefold()) if sku else None
            if ids:
                yield Found(one.uid, tuple(ids), "sku")

    def write(self, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """Make items, or change what they are called."""
        made = [each for each in batch if each.action == Action.CREATE]
        known = [each for each in batch if each.action != Action.CREATE]
        if made:
            rows = [without_empty(each.payload) for each in made]
            keys = [each.key for each in made]
            answers = self._client.create(RESOURCE, rows, keys)
            yield from self._outcomes(made, answers)
        yield from self._change(known, lambda there, payload: without_empty(payload))

    def write_prices(self, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """Set what items cost; the account and tax beside the price stay."""

        def priced(there: Json, payload: Json) -> Json:
            details = dict(there.get("SalesDetails") or {})
            return {"SalesDetails": {**details, "UnitPrice": payload["UnitPrice"]}}

        yield from self._change(batch, priced)

    def _change(self, batch: Sequence[Outgoing], changes: Any) -> Iterator[Outcome]:
        """Change items; each names its code, which Xero wants beside the id."""
        sent, rows = [], []
        for each in batch:
            there = self.by_id.get(str(each.external_id))
            if there is None:
                yield Outcome(each.uid, error=_gone())
                continue
            known = {"ItemID": each.external_id, "Code": there["Code"]}
            sent.append(each)
            rows.append({**known, **changes(there, each.payload)})
        if sent:
            keys = [each.key for each in sent]
            yield from self._outcomes(sent, self._client.change(RESOURCE, rows, keys))

    def _outcomes(
        self, batch: Sequence[Outgoing], answers: Sequence[Json]
    ) -> Iterator[Outcome]:
        for each, row in zip(batch, answers, strict=True):
            failure = of_element(row)
            if failure is not None:
                yield Outcome(each.uid, each.external_id, failure)
                continue
            number, code = str(row["ItemID"]), str(row["Code"])
            if "by_id" in self.__dict__:
                self.by_id[number] = row
            changed = dates.version(row.get("UpdatedDateUTC"))
            echo = Raw(number, _encoder.encode(row), version=changed)
            yield Outcome(
                each.uid, number, parts={code: number}, echo=(("items", echo),)
            )


def _gone() -> BadRecord:
    return BadRecord(
        "",
        "The item is no longer in Xero.",
        code="gone_on_target",
        hint="Was it deleted there? Send its product again to make it anew.",
    )
