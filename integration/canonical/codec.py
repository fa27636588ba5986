"""Records to bytes and back, for storage, and the fingerprint that tells change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, get_type_hints

import msgspec

from integration.canonical.accounts import CreditNote, Invoice, Payment, Refund
from integration.canonical.catalog import (
    Category,
    Image,
    Price,
    Product,
    Stock,
    Variant,
)
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.record import Record, classes_in
from integration.canonical.sales import Order, OrderStatus
from integration.canonical.shop import Entry, Setting

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
        Invoice,
        Payment,
        Refund,
        CreditNote,
        Entry,
    )
}

_encoder = msgspec.json.Encoder(order="deterministic")
_decoders = {kind: msgspec.json.Decoder(cls) for kind, cls in TYPES.items()}


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
    said = msgspec.to_builtins(record)
    _strip(said, _volatile(type(record)))  # type: ignore[arg-type]
    return digest(_encoder.encode(said))


@dataclass(frozen=True, slots=True)
class _Volatile:
    """What of a class is no content, and in which of its fields there is more of it."""

    name: str
    inside: Mapping[str, _Volatile]


@cache
def _volatile(cls: type) -> _Volatile:
    """Ids differ between platforms and image addresses may be signed: neither is a
    change. A pointer's id is content: another category is one."""
    inside = {}
    for name, hint in get_type_hints(cls).items():
        for volatile in map(_volatile, classes_in(hint)):
            if volatile.name or volatile.inside:
                inside[name] = volatile
    if issubclass(cls, Record):
        return _Volatile("external_id", inside)
    return _Volatile("url" if cls is Image else "", inside)


def _strip(said: dict[str, Any], volatile: _Volatile) -> None:
    said.pop(volatile.name, None)
    for name, deeper in volatile.inside.items():
        value = said[name]
        for each in value if isinstance(value, list | tuple) else (value,):
            if each is not None:
                _strip(each, deeper)
