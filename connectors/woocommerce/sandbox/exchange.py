"""States what a request to the shop holds, and how answers and refusals look."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug import Response

Record = dict[str, Any]
"""One thing the shop holds or shows, under the names its REST API uses."""


class Refusal(Exception):
    """A request the shop does not do, with the code and status of its answer.

    `data` joins the status in the answer; `raw` replaces both (some refusals of the
    real shop carry a bare number there).
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        data: Mapping[str, Any] | None = None,
        raw: Any = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data = {"status": status, **(data or {})} if raw is None else raw

    def body(self) -> Record:
        """Give the refusal as the JSON object the shop answers."""
        return {"code": self.code, "message": self.message, "data": self.data}


def invalid(reasons: Mapping[str, tuple[str, str, Any]]) -> Refusal:
    """Refuse parameters: each field with its fault's code, message and data."""
    return Refusal(
        "rest_invalid_param",
        f"Invalid parameter(s): {', '.join(reasons)}",
        data={
            "params": {name: reason[1] for name, reason in reasons.items()},
            "details": {
                name: {"code": code, "message": message, "data": data}
                for name, (code, message, data) in reasons.items()
            },
        },
    )


def missing(*names: str) -> Refusal:
    """Refuse a request that lacks a required parameter."""
    return Refusal(
        "rest_missing_callback_param",
        f"Missing parameter(s): {', '.join(names)}",
        data={"params": list(names)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: `path` is below `/wp-json/wc/v3`, `ids` are taken from it."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, Any] = field(default_factory=dict)

    def param(self, name: str, default: Any = None) -> Any:
        """Give a parameter wherever it was sent; the body wins over the query."""
        return self.body.get(name, self.query.get(name, default))

    def flag(self, name: str) -> bool:
        """Give a parameter as WordPress reads a boolean."""
        return truth(self.param(name, False))


def truth(value: Any) -> bool:
    """Read a boolean sent as JSON or as text."""
    if isinstance(value, str):
        return value.lower() in ("1", "true", "yes")
    return bool(value)


class Answer(NamedTuple):
    """What the shop answers to a request it did."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = {}


def encode(data: Any) -> str:
    """Write JSON the way PHP does: ASCII only and slashes escaped.

    Webhook signatures cover these very bytes.
    """
    return json.dumps(data, separators=(",", ":")).replace("/", "\\/")


def respond(body: Any, status: int, headers: Mapping[str, str]) -> Response:
    """Give an answer as HTTP."""
    return Response(
        encode(body),
        status,
        headers=headers,
        content_type="application/json; charset=UTF-8",
    )
