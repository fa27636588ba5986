"""Reads what a listing was asked for and gives answers their form."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from werkzeug import Request, Response

PER_PAGE = 50
MOST_PER_PAGE = 100

_encoder = msgspec.json.Encoder(decimal_format="number")


class Wrong(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


def as_json(data: Any, status: int = 200) -> Response:
    """Give data as a JSON answer, decimals as numbers with all their digits."""
    return Response(_encoder.encode(data), status, content_type="application/json")


def cut_page(request: Request, rows: list[Any]) -> list[Any]:
    """Cut the page out of `rows` that `page` and `per_page` ask for."""
    try:
        page = int(request.args.get("page", "1"))
        per_page = int(request.args.get("per_page", str(PER_PAGE)))
    except ValueError:
        raise Wrong(400, "page and per_page are whole numbers") from None
    if page < 1 or per_page < 1:
        raise Wrong(400, "page and per_page start at 1")
    per_page = min(per_page, MOST_PER_PAGE)
    return rows[(page - 1) * per_page : page * per_page]


def since_of(request: Request) -> datetime | None:
    """Read `updated_since`; without it, None."""
    text = request.args.get("updated_since")
    if not text:
        return None
    try:
        return moment_of(text)
    except ValueError:
        raise Wrong(400, "updated_since is a time in ISO 8601") from None


def moment_of(text: str) -> datetime:
    """Read a time; one without an offset is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
