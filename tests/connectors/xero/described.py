"""The vendor's own description of the API, and what tests send held against it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from openapi_core.exceptions import OpenAPIError
from requests import Request as Sending
from werkzeug import Request

from connectors.xero.client import BASE_URL

Json = Any
FILE = "xero/xero_accounting.yaml"
API = "/api.xro/"
# Headers the description speaks of; a custom connection names no organisation, which
# the description does not know.
HEADERS = ("Content-Type", "Idempotency-Key", "If-Modified-Since", "xero-tenant-id")
NOBODY = "00000000-0000-0000-0000-000000000000"


class Described:
    """The vendor's description, and what of a body it does not know."""

    def __init__(self, path: Path) -> None:
        config = Config(spec_validator_cls=None)
        self.openapi = OpenAPI.from_file_path(str(path), config=config)
        self.schemas: Json = (self.openapi.spec / "components" / "schemas").read_value()

    def unknown(self, resource: str, body: Json) -> list[str]:
        """The keys of a body outside the schema of its list."""
        return list(self._strange({"$ref": f"#/schemas/{resource}"}, body, resource))

    def _strange(self, schema: Json, value: Json, path: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        if isinstance(value, list):
            for each in value:
                yield from self._strange(schema.get("items", {}), each, path)
        elif isinstance(value, dict):
            known = schema.get("properties", {})
            for name, inner in value.items():
                if name not in known:
                    yield f"{path}.{name}"
                else:
                    yield from self._strange(known[name], inner, f"{path}.{name}")

    def faults(self, method: str, url: str, headers: Json, body: bytes) -> list[str]:
        """What the description does not allow of one call."""
        sending = Sending(method, url, headers=headers, data=body or None).prepare()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.openapi.validate_request(RequestsOpenAPIRequest(sending))
        except OpenAPIError as error:
            return [f"{method} {url}: {error} {error.__cause__ or ''}"]
        resource = url.partition("?")[0].rpartition("/")[2]
        told = msgspec.json.decode(body) if body else None
        return self.unknown(resource, told) if told is not None else []


class Overheard:
    """What Weft asked of the sandboxed Xero during a test; each sort of call once."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str, bytes], dict[str, str]] = {}

    def heard(self, request: Request) -> None:
        """Keep one request, if Weft made it of the API."""
        agent = request.headers.get("User-Agent", "")
        if not agent.startswith("Weft/") or not request.path.startswith(API):
            return
        query = request.query_string.decode()
        url = f"{BASE_URL}{request.path}{'?' if query else ''}{query}"
        told = {
            name: request.headers[name] for name in HEADERS if name in request.headers
        }
        key = (request.method, url, request.get_data())
        self._calls[key] = {"xero-tenant-id": NOBODY, **told}

    def forget(self) -> None:
        """Begin anew."""
        self._calls.clear()

    def faults(self, folder: Path) -> list[str]:
        """What the vendor's description in `folder` does not allow of all that."""
        if not self._calls:
            return []
        described = _described(folder)
        return [
            fault
            for (method, url, body), headers in self._calls.items()
            for fault in described.faults(method, url, headers, body)
        ]


_read: dict[Path, Described] = {}


def _described(folder: Path) -> Described:
    """Read once for each process: it takes seconds."""
    if folder not in _read:
        _read[folder] = Described(folder / FILE)
    return _read[folder]
