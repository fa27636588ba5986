"""Values of records and payloads as people read them: short, and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from integration.http.redact import MASK, redact

# Characters of one value that are worth a line of a table.
MOST = 300
DEEPEST = 20

_encoder = msgspec.json.Encoder(decimal_format="number")


def words(value: Any, name: str = "") -> str:
    """A value as text: texts as they are, all else as compact JSON; cut where it gets
    long, masked where its name or a name inside keeps secrets."""
    shown = _masked(_plain(value), name, 0)
    if shown is None:
        return ""
    text = shown if isinstance(shown, str) else _encoder.encode(shown).decode()
    text = redact(text)
    return text if len(text) <= MOST else f"{text[:MOST]}…"


def _plain(value: Any) -> Any:
    """Records as dicts and lists; numbers stay what they are."""
    if isinstance(value, Decimal):
        return value
    try:
        return msgspec.to_builtins(value, builtin_types=(Decimal,))
    except TypeError:
        return str(value)


def _masked(value: Any, name: str, depth: int) -> Any:
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            str(key): _masked(inner, str(key), depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(inner, "", depth + 1) for inner in value]
    if isinstance(value, str) and value and name and MASK in redact(f"{name}=value"):
        return MASK
    return value
