"""Records to bytes and back, for storage, and the fingerprint that tells change."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from integration.canonical.catalog import Category, Price, Product, Stock, Variant
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.record import Record
from integration.canonical.sales import Order, OrderStatus
from integration.canonical.shop import Setting

TYPES: dict[Kind, type[Record]] = {
    cls.kind: cls
    for cls in (
        Setting,
        Category,
        Customer,
        Product,
        Variant,
        Stock,
        Price,
        Order,
        OrderStatus,
    )
}

_encoder = msgspec.json.Encoder(order="deterministic")
_decoders = {kind: msgspec.json.Decoder(cls) for kind, cls in TYPES.items()}
# Ids differ between platforms and image addresses may be signed: neither is a change.
_VOLATILE = {"external_id", "url"}


def encode(record: Record) -> bytes:
    """The record as compact JSON; money and numbers keep every digit."""
    return _encoder.encode(record)


def decode(kind: Kind, data: bytes) -> Record:
    """What `encode` stored."""
    return _decoders[kind].decode(data)


def plain(value: Any) -> Any:
    """A record as dicts, lists and text, the way it is stored."""
    return msgspec.to_builtins(value, order="deterministic")


def digest(data: bytes) -> bytes:
    """128 bits that stand for `data`."""
    return blake2b(data, digest_size=16).digest()


def fingerprint(record: Record) -> bytes:
    """A digest of what the record says, without its own id and image addresses.

    Equal fingerprints mean that nothing a target could show has changed.
    """
    return digest(_encoder.encode(_stripped(plain(record))))


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        # A pointer's id is content: another category is a change.
        is_ref = set(value) == {"kind", "external_id", "keys"}
        return {
            name: _stripped(item)
            for name, item in value.items()
            if is_ref or name not in _VOLATILE
        }
    if isinstance(value, list | tuple):
        return [_stripped(item) for item in value]
    return value
