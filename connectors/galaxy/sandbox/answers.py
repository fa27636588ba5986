"""Gives answers their form: JSON, streamed lists, refusals and pages of HTML."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from werkzeug import Request, Response

JSON = "application/json; charset=utf-8"
SLICE = 500
"""Rows written at a time."""
PAGE = (
    "<!DOCTYPE html><html><head><title>{title}</title></head>"
    "<body><h1>{title}</h1></body></html>"
)
TRACE = (
    "[{code}: {message}]\n"
    "   at SLnet.WebExtApi.SyncService.Run(Request request) in D:\\slnet\\Sync.cs:212\n"
    "   at SLnet.WebExtApi.Host.Serve(Object dto) in D:\\slnet\\Host.cs:88"
)

_encoder = msgspec.json.Encoder(decimal_format="number")

Row = dict[str, Any]


class Refused(Exception):
    """A call that is answered with an error in ServiceStack's shape.

    `field` names the argument at fault, if it is one.
    """

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field

    def answer(self) -> Response:
        """Give the error as HTTP, its stack trace included."""
        error = {"ErrorCode": self.code, "Message": self.message}
        errors = [{**error, "FieldName": self.field}] if self.field else []
        trace = TRACE.format(code=self.code, message=self.message)
        status = {**error, "StackTrace": trace, "Errors": errors}
        return as_json({"ResponseStatus": status}, self.status)


def wrong(message: str, field: str = "") -> Refused:
    """Refuse an argument."""
    return Refused(400, "ArgumentException", message, field)


def failed(message: str) -> Refused:
    """Refuse on behalf of the business: Galaxy throws, and the status is 500."""
    return Refused(500, "SLnetException", message)


def as_json(data: Any, status: int = 200) -> Response:
    """Give data as a JSON answer, decimals as numbers."""
    return Response(_encoder.encode(data), status, content_type=JSON)


def as_stream(rows: Sequence[Row], show: Callable[[Row], Row]) -> Response:
    """Give rows as one bare JSON array, written slice by slice."""
    return Response(_slices(rows, show), 200, content_type=JSON)


def as_page(title: str, status: int = 200) -> Response:
    """Give a page of HTML."""
    text = PAGE.format(title=title)
    return Response(text, status, content_type="text/html; charset=utf-8")


def wants_json(request: Request) -> bool:
    """Tell whether a call asks for JSON, by its Accept header or by `format`."""
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted or request.args.get("format") == "json"


def body_of(request: Request) -> Row:
    """Read a JSON object; raises `Refused` for anything else."""
    if request.mimetype != "application/json":
        raise wrong("The body is not application/json.")
    try:
        body = msgspec.json.decode(request.get_data())
    except msgspec.DecodeError as error:
        raise Refused(400, "SerializationException", str(error)) from error
    if not isinstance(body, dict):
        raise wrong("The body is not a JSON object.")
    return body


def _slices(rows: Sequence[Row], show: Callable[[Row], Row]) -> Iterator[bytes]:
    yield b"["
    for start in range(0, len(rows), SLICE):
        part = _encoder.encode([show(row) for row in rows[start : start + SLICE]])
        yield (b"," if start else b"") + part[1:-1]
    yield b"]"
