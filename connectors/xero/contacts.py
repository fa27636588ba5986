"""Contacts: found by our mark, by e-mail and by number; made at a sale.

https://developer.xero.com/documentation/api/accounting/contacts
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from connectors.xero.client import WHOLE, Client, any_of, quoted, without_empty
from connectors.xero.phrases import NAME_TAKEN
from connectors.xero.reader import LISTS, raw
from connectors.xero.refusals import of_element
from integration.contract.messages import Action, Found, Json, Outcome, Outgoing, Wanted
from integration.errors import SyncFailure
from integration.http.body import parse

# Contacts looked for in one call: three terms each, in an address of bearable length.
AT_ONCE = 20
RESOURCE = "Contacts"
# Our mark, then what people know a contact by: Xero's field, and our key's name.
TERMS = (("EmailAddress", "email"), ("AccountNumber", "account_number"))

_encoder = msgspec.json.Encoder(decimal_format="number")


class Contacts:
    """See the contract; the mark is Xero's ContactNumber, which only an API can set."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By mark, then e-mail, then account number, in whatever case."""
        for begin in range(0, len(wanted), AT_ONCE):
            some = wanted[begin : begin + AT_ONCE]
            there = self._there(some)
            for one in some:
                found = _match(one, there)
                if found:
                    yield found

    def write(self, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """Make contacts; one whose name another has gets a suffix, and is not him."""
        made = [each for each in batch if each.action == Action.CREATE]
        known = [each for each in batch if each.action != Action.CREATE]
        taken = []
        for outgoing, row in self._made(made, suffixed=False):
            failure = of_element(row)
            if failure is not None and failure.code == NAME_TAKEN:
                taken.append(outgoing)
            else:
                yield _outcome(outgoing, row, failure)
        for outgoing, row in self._made(taken, suffixed=True):
            yield _outcome(outgoing, row, of_element(row))
        for outgoing, row in self._changed(known):
            yield _outcome(outgoing, row, of_element(row))

    def named(self, name: str) -> str:
        """The id of the contact of that name, made where there is none."""
        found = self._client.rows(
            RESOURCE, "", {"where": f"Name=={quoted(name)}", "page": 1, "pageSize": 2}
        )
        rows = [parse(row) for row in found]
        if not rows:
            rows = self._client.create(RESOURCE, [{"Name": name}], [name])
            failure = of_element(rows[0])
            if failure is not None:
                raise failure
        return str(rows[0]["ContactID"])

    def _there(self, wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
        """Every contact that meets one of the terms, in one call."""
        terms = []
        for one in wanted:
            terms.append(f"ContactNumber=={quoted(one.uid)}")
            keys = one.keys()
            terms += [
                f"{field}=={quoted(keys[key])}" for field, key in TERMS if keys.get(key)
            ]
        found = self._client.rows(RESOURCE, "", {**WHOLE, "where": any_of(terms)})
        return [parse(row) for row in found]

    def _made(
        self, batch: Sequence[Outgoing], suffixed: bool
    ) -> Iterator[tuple[Outgoing, Json]]:
        if not batch:
            return
        rows = []
        for each in batch:
            row = {"ContactNumber": each.uid, **without_empty(each.payload)}
            if suffixed:
                row["Name"] = told_apart(row, each.uid)
            rows.append(row)
        keys = [each.key for each in batch]
        yield from zip(batch, self._client.create(RESOURCE, rows, keys), strict=True)

    def _changed(self, batch: Sequence[Outgoing]) -> Iterator[tuple[Outgoing, Json]]:
        if not batch:
            return
        rows = [
            {"ContactID": each.external_id, **without_empty(each.payload)}
            for each in batch
        ]
        keys = [each.key for each in batch]
        yield from zip(batch, self._client.change(RESOURCE, rows, keys), strict=True)


def told_apart(row: dict[str, Any], uid: str) -> str:
    """A name with what tells its bearer from his namesake."""
    mark = row.get("AccountNumber") or row.get("EmailAddress") or uid[:8]
    return f"{str(row.get('Name') or '')[: 252 - len(mark)]} ({mark})"


def echo(row: Json) -> Any:
    """The answer as a row of the contacts' list."""
    return raw(LISTS["contacts"], _encoder.encode(row))


def _match(wanted: Wanted, there: Sequence[dict[str, Any]]) -> Found | None:
    """The first sort of term that anything meets; two met alike are ambiguous."""
    keys = wanted.keys()
    terms = [("ContactNumber", wanted.uid, "mark")]
    terms += [(field, keys.get(key, ""), key) for field, key in TERMS]
    by_field: dict[str, list[str]] = defaultdict(list)
    for row in there:
        if row.get("ContactStatus", "ACTIVE") != "ACTIVE":
            continue
        for field, value, _ in terms:
            same = str(row.get(field) or "").casefold() == value.casefold()
            if value and same:
                by_field[field].append(str(row["ContactID"]))
    for field, _, by in terms:
        if by_field[field]:
            return Found(wanted.uid, tuple(by_field[field]), by)
    return None


def _outcome(outgoing: Outgoing, row: Json, failure: SyncFailure | None) -> Outcome:
    if failure is not None:
        return Outcome(outgoing.uid, outgoing.external_id, failure)
    return Outcome(outgoing.uid, str(row["ContactID"]), echo=(("contacts", echo(row)),))
