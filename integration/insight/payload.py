"""What was sent or received, as people may see it: laid out, masked, not too long."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import ngettext

from integration.http.redact import MASK, redact
from integration.models import Delivery

# Characters of a body that are worth a page.
MOST = 20_000
# Levels of it that are looked into.
DEEPEST = 64

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def shown(delivery: Delivery) -> str:
    """What a delivery said when it last left; "" where nothing left or none is kept."""
    if not delivery.payload:
        return ""
    return laid_out(zlib.decompress(bytes(delivery.payload)))


def laid_out(stored: bytes) -> str:
    """A body as `whole_body` lays it out, cut where it gets too long."""
    return _cut(whole_body(stored))


def whole_body(stored: bytes) -> str:
    """Bytes as JSON where they are that, every number as it was sent; secrets
    masked."""
    try:
        parsed = masked(_decoder.decode(stored))
        text = msgspec.json.format(_encoder.encode(parsed), indent=2).decode()
    except (ValueError, RecursionError, OverflowError):
        text = stored.decode(errors="replace")
    return redact(text)


def pretty(value: Any) -> str:
    """A JSON value as `whole_value` lays it out, cut where it gets too long."""
    return _cut(whole_value(value))


def whole_value(value: Any) -> str:
    """A JSON value laid out, secrets masked."""
    text = json.dumps(masked(value), indent=2, ensure_ascii=False, default=str)
    return redact(text)


def masked(value: Any, depth: int = 0) -> Any:
    """The value without what stands behind a name that keeps secrets."""
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            str(name): MASK
            if _keeps_secret(str(name), inner)
            else masked(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(inner, depth + 1) for inner in value]
    return value


def _keeps_secret(name: str, value: Any) -> bool:
    """Text alone: a number or a list behind such a name is no credential."""
    return isinstance(value, str) and bool(value) and MASK in redact(f"{name}=value")


def _cut(text: str) -> str:
    rest = len(text) - MOST
    if rest <= 0:
        return text
    more = ngettext("%(count)d more character", "%(count)d more characters", rest)
    return f"{text[:MOST]}\n… {more % {'count': rest}}"
