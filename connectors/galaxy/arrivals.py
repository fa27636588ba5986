"""Finds customers in Galaxy: those it had before, and those on their way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from uuid import NAMESPACE_URL, UUID, uuid5

from connectors.galaxy.client import Client
from connectors.galaxy.reader import IDS_AT_ONCE
from connectors.galaxy.rows import Naming
from integration.canonical.parties import Customer
from integration.contract.messages import Found, Json, Outcome, Raw, Wanted
from integration.http.body import parse

CUSTOMERS = "customers"
CODE, EMAIL = "account_number", "email"


def mark(uid: str) -> str:
    """The id a record gets in Galaxy: its own, or one that always stands for it."""
    try:
        return str(UUID(uid))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"weft:{uid}"))


def token(own: str, payload: Json) -> str:
    """What a posted customer is told by later: its id, then its code, then its e-mail
    and name, the last two as short digests."""
    site = (payload.get("CustomerSites") or [{}])[0]
    named = _both(site.get("Email"), payload.get("Description"))
    return "|".join((own, _short(str(payload.get("Code") or "")), _short(named)))


class Arrivals:
    """Looks through the customers: by id in one call, else in the whole list, once."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def found(self, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """By our mark, then by code, then by e-mail; several are several."""
        left = {
            mark(one.uid): one for one in wanted if isinstance(one.record, Customer)
        }
        for own in self._listed(list(left)):
            yield Found(left.pop(own).uid, (own,), "mark")
        there = self._keys(left) if left else {}
        for one in left.values():
            for name, value in one.keys().items():
                if ids := there.get((name, value.casefold())):
                    yield Found(one.uid, tuple(ids), name)
                    break

    def shown(self, pending: Sequence[Outcome]) -> Iterator[Outcome]:
        """Those that show, each with its row; by id, else by what the token tells."""
        left = {one.pending.partition("|")[0]: one for one in pending}
        for own, raw in self._listed(list(left)).items():
            yield _arrived(left.pop(own), raw)
        if not left:
            return
        told: dict[str, Outcome] = {}
        for one in left.values():
            _, code, named = one.pending.split("|")
            told |= {key: one for key in (f"c{code}", f"n{named}") if len(key) > 1}
        arrived: set[str] = set()
        for row, raw in self._all():
            there = _told(row, told)
            if there is not None and there.uid not in arrived:
                arrived.add(there.uid)
                yield _arrived(there, raw)

    def _listed(self, ids: Sequence[str]) -> dict[str, Raw]:
        """Those of these ids that Galaxy lists, whatever else it gives."""
        found = {}
        for begin in range(0, len(ids), IDS_AT_ONCE):
            some = ids[begin : begin + IDS_AT_ONCE]
            naming = Naming(CUSTOMERS)
            for body in self._client.rows(CUSTOMERS, ids=some):
                raw, _ = naming.raw(body)
                if raw.external_id in some:
                    found[raw.external_id] = raw
        return found

    def _all(self) -> Iterator[tuple[Json, Raw]]:
        naming = Naming(CUSTOMERS)
        for body in self._client.rows(CUSTOMERS):
            yield parse(body), naming.raw(body)[0]

    def _keys(self, left: Mapping[str, Wanted]) -> dict[tuple[str, str], list[str]]:
        """Of the keys asked for, the ids of the customers that have them."""
        asked = {
            (name, value.casefold())
            for one in left.values()
            for name, value in one.keys().items()
        }
        there: dict[tuple[str, str], list[str]] = {}
        for row, raw in self._all() if asked else ():
            has = {(CODE, str(row.get("Code") or "").casefold())}
            has |= {(EMAIL, email) for email in _emails(row)}
            for key in has & asked:
                there.setdefault(key, []).append(raw.external_id)
        return there


def _told(row: Json, told: Mapping[str, Outcome]) -> Outcome | None:
    name = row.get("Description")
    keys = [f"c{_short(str(row.get('Code') or ''))}"]
    keys += [f"n{_short(_both(email, name))}" for email in _emails(row)]
    return next((told[key] for key in keys if key in told), None)


def _arrived(one: Outcome, raw: Raw) -> Outcome:
    return Outcome(one.uid, raw.external_id, echo=((CUSTOMERS, raw),))


def _emails(row: Json) -> set[str]:
    sites = row.get("CustomerSites") or ()
    return {str(site["Email"]).casefold() for site in sites if site.get("Email")}


def _both(email: object, name: object) -> str:
    """E-mail and name as one; "" where either is missing."""
    return f"{email}\n{name}" if email and name else ""


def _short(text: str) -> str:
    if not text:
        return ""
    return blake2b(text.casefold().encode(), digest_size=12).hexdigest()
