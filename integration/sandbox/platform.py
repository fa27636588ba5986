"""States what a sandboxed platform is to the server that carries it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from threading import RLock
from typing import Any, ClassVar, NamedTuple

from werkzeug import Request, Response
from werkzeug.routing import Map


class Context(NamedTuple):
    """Where a platform stands, given to it when it is built.

    `base_url` is the platform's own public root, `files_url` the root of the whole
    sandbox server, both without a slash at the end. Windows of rate limits are divided
    by `scale`; 1.0 means real time.
    """

    base_url: str
    files_url: str
    scale: float = 1.0


class Platform:
    """One platform's API in small: its routes, its state and its credentials.

    The paths of `url_map` are relative to `/<key>`; so are the paths in faults and
    recorded calls. The server holds `lock` around `answer`, `unknown`, `ledger`,
    `reset` and `control`; a platform's own threads must take it to touch the state.
    A subclass fills the class attributes and keeps its state in attributes of its own.
    """

    key: ClassVar[str]
    url_map: ClassVar[Map]
    credentials: ClassVar[Mapping[str, str]]

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lock = RLock()

    def answer(
        self, endpoint: str, request: Request, values: Mapping[str, Any]
    ) -> Response:
        """Do what a request to `endpoint` asks and give the platform's answer."""
        raise NotImplementedError

    def unknown(self, request: Request) -> Response:
        """Give the platform's own answer to a route or method it does not have."""
        return json_response({"message": "Not found"}, 404)

    def ledger(self) -> dict[str, Any]:
        """Give everything the platform holds, as JSON, for counting from outside."""
        raise NotImplementedError

    def reset(self) -> None:
        """Go back to the state of a fresh start."""
        raise NotImplementedError

    def control(self, action: str, body: Any) -> Any:
        """Do one of the platform's own controls and give its JSON-able outcome.

        Raises `KeyError` for an unknown action and `ValueError` for a wrong body.
        """
        raise KeyError(action)

    def close(self) -> None:
        """Stop the threads the platform started, if any."""


def json_response(
    data: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Give `data` as a JSON answer."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Response(
        body, status, headers=headers, content_type="application/json; charset=utf-8"
    )


def _plain(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)
