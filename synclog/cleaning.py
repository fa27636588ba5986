"""What is stored for people to read: without secrets, control characters or excess."""

from __future__ import annotations

from typing import Any

from integration.http.redact import redact, redact_headers


def clean(text: str, limit: int) -> str:
    """The text masked, on one line, at most `limit` characters long."""
    line = "".join(each if each.isprintable() else " " for each in redact(str(text)))
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def without_secrets(value: Any) -> Any:
    """The JSON value, with secrets masked by what they are and by their names."""
    if isinstance(value, dict):
        return {str(name): _named(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value]
    if isinstance(value, str):
        return redact(value)
    return value if isinstance(value, int | float | None) else redact(str(value))


def _named(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return redact_headers({name: value})[name]
    return without_secrets(value)
