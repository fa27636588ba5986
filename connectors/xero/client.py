"""Speaks with one Xero organisation: its address, its headers, its answers.

https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.xero.refusals import judge
from integration.contract.messages import Json, Settings
from integration.errors import Transient, Unknown
from integration.http.body import Unreadable, peek
from integration.http.client import Http, Params, Value
from integration.http.reply import Reply

API = "api.xro/2.0"
BASE_URL = "https://api.xero.com"
# Unit prices to four places; a call without it rounds them to two, silently.
PRICED = frozenset({"Items", "Invoices", "CreditNotes"})
PAGE_SIZE = 500
# What asks for one page that holds all there can be, with all details.
WHOLE: Params = {"page": 1, "pageSize": 1000}

_encoder = msgspec.json.Encoder(decimal_format="number", order="deterministic")


class Client:
    """One organisation. Every answer it gives back is a success; all else is raised.

    Raises what `refusals.judge` does.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings = settings
        self.http = http
        self.page_size = int(settings.get("page_size") or PAGE_SIZE)

    def get(
        self, resource: str, since: str = "", params: Params | None = None
    ) -> Reply:
        """Read a list; `since` is a time in UTC to the second."""
        headers = self._headers()
        if since:
            # With its zone, as the vendor's description of the API wants it.
            headers["If-Modified-Since"] = f"{since}Z"
        asked = {**_places(resource), **(params or {})}
        return judge(self.http.get(f"{API}/{resource}", params=asked, headers=headers))

    def rows(
        self, resource: str, since: str = "", params: Params | None = None
    ) -> list[bytes]:
        """The rows of a list, each as its exact bytes."""
        return self.get(resource, since, params).slices(resource)

    def create(
        self, resource: str, rows: Sequence[Json], keys: Sequence[str]
    ) -> list[Json]:
        """Create rows in one call; what Xero says of each, in the same order.

        PUT never changes what is there. `keys` name the intent: within minutes Xero
        knows the repeat of a call by them. Raises Unknown where no answer tells.
        """
        return self._write("PUT", resource, rows, keys, repeatable=False)

    def change(
        self, resource: str, rows: Sequence[Json], keys: Sequence[str]
    ) -> list[Json]:
        """Change rows that name their ids; absolute values, so it may be repeated."""
        return self._write("POST", resource, rows, keys, repeatable=True)

    def _write(
        self,
        method: str,
        resource: str,
        rows: Sequence[Json],
        keys: Sequence[str],
        repeatable: bool,
    ) -> list[Json]:
        name = resource.rpartition("/")[2]
        body = {name: list(rows)}
        # Without summarizeErrors=false one bad row hides what became of the others.
        params: dict[str, Value] = {"summarizeErrors": False, **_places(resource)}
        reply = judge(
            self.http.request(
                method,
                f"{API}/{resource}",
                params=params,
                json=body,
                headers=self._headers() | {"Idempotency-Key": _key(body, keys)},
                repeatable=repeatable,
            )
        )
        answer = reply.json()
        found = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(found, list) or len(found) != len(rows):
            raise Unknown("Xero did not say what became of every row of a batch.")
        return found

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self.settings.get("organisation"):
            headers["xero-tenant-id"] = str(self.settings["organisation"])
        return headers


def base_url(settings: Settings) -> str:
    """Where the API lives."""
    return str(settings.get("base_url") or BASE_URL).rstrip("/")


def account(settings: Settings) -> str:
    """The organisation: ids, marks of reading and call budgets are its own.

    A custom connection opens one organisation, so its client id stands for that.
    """
    return str(settings.get("organisation") or settings.get("client_id") or "")


def fields(row: bytes, *names: str) -> tuple[Any, ...]:
    """These fields of a row, None where absent; Transient where it is no object."""
    try:
        return peek(row, *names)
    except Unreadable as error:
        raise Transient(f"Xero sent a row that cannot be read: {error}.") from None


def quoted(text: str) -> str:
    """A text as a `where` takes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def any_of(terms: Sequence[str]) -> str:
    """A `where` that is met by any of these terms."""
    return " OR ".join(terms)


def without_empty(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload without what is None: Xero would take it for a wish to clear."""
    return {name: value for name, value in payload.items() if value is not None}


def _places(resource: str) -> dict[str, Value]:
    return {"unitdp": 4} if resource in PRICED else {}


def _key(body: Json, keys: Sequence[str]) -> str:
    """Stands for this intent with this content: the same key with another content
    would be refused, and only ever matters for the repeat of a call on the line."""
    told = _encoder.encode([body, list(keys)])
    return blake2b(told, digest_size=32).hexdigest()
