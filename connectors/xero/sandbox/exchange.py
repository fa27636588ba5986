"""States what a request to an organisation holds, and how refusals look."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug import Request, Response

from connectors.xero.sandbox.dates import Row, now, parse_moment, render
from connectors.xero.sandbox.organisation import Organisation
from integration.sandbox.platform import json_response

PROVIDER = "Weft sandbox"
NOT_FOUND = "The resource you asked for was not found"


class Refused(Exception):
    """A request that is answered with an error; a body of text goes out as text."""

    def __init__(
        self, status: int, body: Any, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """Give the refusal as HTTP."""
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers)
        return json_response(self.body, self.status, self.headers)


class Invalid(Exception):
    """An element of a write that Xero does not take, with all its faults."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)


class Answer(NamedTuple):
    """What an organisation answers: rows under a name, and the page they are."""

    root: str
    rows: list[Row]
    pagination: Row | None = None
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one organisation, `client` being the app that asks."""

    org: Organisation
    client: str
    method: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    since: datetime | None = None

    def flag(self, name: str, default: bool = False) -> bool:
        """Read a boolean of the query."""
        return self.query.get(name, str(default)).lower() == "true"

    def several(self, name: str) -> list[str]:
        """Read a list of the query: values with commas between."""
        return [part.strip() for part in self.query.get(name, "").split(",") if part]

    @property
    def places(self) -> int:
        """Decimal places of unit amounts: 2, or 4 when `unitdp=4` was sent."""
        return 4 if self.query.get("unitdp") == "4" else 2


def problem(status: int, title: str, detail: str) -> Refused:
    """Refuse at the door: who asks, and for which organisation."""
    body: Row = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid4()),
        "Extensions": {},
    }
    return Refused(status, body)


def wrong(message: str, kind: str = "QueryParseException", number: int = 16) -> Refused:
    """Refuse a request as a whole: its query, its headers or its body."""
    return Refused(400, {"ErrorNumber": number, "Type": kind, "Message": message})


def missing() -> Refused:
    """Refuse an address behind which there is nothing."""
    return Refused(404, NOT_FOUND)


def read_call(
    request: Request, org: Organisation, client: str, most_bytes: int
) -> Call:
    """Read a request; raises `Refused` for a body or header that makes no sense."""
    return Call(
        org=org,
        client=client,
        method=request.method,
        query=request.args.to_dict(),
        body=_body(request, most_bytes),
        since=_since(request),
    )


def respond(request: Request, answer: Answer) -> Response:
    """Give an answer as HTTP: JSON when that was asked for, XML otherwise."""
    if answer.status == 204:
        return Response(status=204)
    data: Row = {
        "Id": str(uuid4()),
        "Status": "OK",
        "ProviderName": PROVIDER,
        "DateTimeUTC": now(),
    }
    if answer.pagination:
        data["pagination"] = answer.pagination
    data = render({**data, answer.root: answer.rows})
    if "application/json" in request.headers.get("Accept", ""):
        return json_response(data, answer.status)
    return Response(_xml("Response", data), answer.status, content_type="text/xml")


def _body(request: Request, most_bytes: int) -> Any:
    raw = request.get_data()
    if not raw or request.method not in ("PUT", "POST"):
        return None
    if len(raw) > 10_000_000:
        raise Refused(413, "The request is too large")
    if len(raw) > most_bytes:
        raise wrong("The request is larger than 3.5 MB", "PostDataInvalidException", 14)
    try:
        if "json" not in request.mimetype:
            raise ValueError("the body is not JSON")
        return json.loads(raw, parse_float=Decimal)
    except ValueError as error:
        kind = "PostDataInvalidException"
        raise wrong(f"The body cannot be read: {error}", kind, 14) from error


def _since(request: Request) -> datetime | None:
    text = request.headers.get("If-Modified-Since")
    if not text:
        return None
    try:
        return parse_moment(text)
    except (ValueError, TypeError) as error:
        raise wrong("If-Modified-Since is a UTC time") from error


def _xml(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(_xml(key, part) for key, part in value.items())
    elif isinstance(value, list):
        inner = "".join(_xml(name.rstrip("s"), part) for part in value)
    else:
        inner = escape("" if value is None else str(value))
    return f"<{name}>{inner}</{name}>"
