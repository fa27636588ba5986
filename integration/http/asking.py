"""What a call is made of: its parameters, its headers, its place on the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from urllib.parse import urlsplit

from integration.http.body import Json

Value = str | int | float | bool | None
Params = Mapping[str, Value | Sequence[str | int]]


class Options(TypedDict, total=False):
    """What `Http.request` takes besides method and path."""

    params: Params | None
    json: Json
    form: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    group: str
    repeatable: bool | None
    timeout: float | None


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; a port that is none is -1."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", usual if port is None else port


def written(params: Params | None) -> dict[str, Any]:
    """Parameters as platforms write them: true and false in small, None left out."""
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (params or {}).items()
        if value is not None
    }


def typed(headers: Mapping[str, str] | None, json: Json) -> dict[str, str]:
    """The headers, and what a body of JSON needs among them."""
    kind = {"Content-Type": "application/json"} if json is not None else {}
    return {**kind, **(headers or {})}
