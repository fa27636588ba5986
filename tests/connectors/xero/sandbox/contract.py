"""Holds answers beside the vendor's OpenAPI description, field by field."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DATED = re.compile(r"/Date\(-?\d+\+0000\)/")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Answered by the real API, and not described.
UNDESCRIBED = {
    "": {"Id", "Status", "ProviderName", "DateTimeUTC"},
    "Invoice": {"DateString", "DueDateString"},
    "CreditNote": {"DateString"},
}
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
}


class Contract:
    """The description of the Accounting API."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "xero" / "xero_accounting.yaml").read_text()
        self._whole: Any = yaml.load(text, Loader=yaml.CSafeLoader)  # noqa: S506 - the safe loader, in C

    def answer(self, method: str, path: str, status: str = "200") -> Any:
        """The schema of an answer."""
        content = self._whole["paths"][path][method]["responses"][status]
        return self._resolved(content)["content"]["application/json"]["schema"]

    def departures(self, value: Any, schema: Any, where: str = "") -> Iterator[str]:
        """Where a value is not what its schema says; unknown names count too."""
        name = schema.get("$ref", "").rpartition("/")[2]
        schema = self._resolved(schema)
        kind = schema.get("type", "object")
        if not _is_kind(value, kind):
            yield f"{where} is no {kind}: {value!r}"
        elif kind == "array":
            for place, part in enumerate(value):
                yield from self.departures(part, schema["items"], f"{where}[{place}]")
        elif kind == "object":
            yield from self._of_object(value, schema, where, name)
        elif kind == "string":
            yield from _of_text(value, schema, where)

    def _of_object(
        self, value: Any, schema: Any, where: str, name: str
    ) -> Iterator[str]:
        known = schema.get("properties", {})
        free = UNDESCRIBED.get(name if where else "", set())
        for field in schema.get("required", []):
            if field not in value:
                yield f"{where} lacks {field}"
        for field, part in value.items():
            if field in known:
                yield from self.departures(part, known[field], f"{where}.{field}")
            elif field not in free:
                yield f"{where} has an unknown {field}"

    def _resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            found = self._whole
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


def _is_kind(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS[kind])


def _of_text(value: str, schema: Any, where: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of the words: {value}"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{where} is too long"
    if schema.get("format") == "uuid" and not UUID.fullmatch(value):
        yield f"{where} is no uuid: {value}"
    dated = schema.get("x-is-msdate") or schema.get("x-is-msdate-time")
    if dated and not DATED.fullmatch(value):
        yield f"{where} is no date: {value}"
