"""What is sold: products, their variants, stock and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.canonical.values import Money, Ref


class Status(StrEnum):
    """Whether a thing is offered: live, hidden for now, or no longer there."""

    LIVE = "live"
    HIDDEN = "hidden"
    DISCONTINUED = "discontinued"


# Begins the address of a picture that its platform shows to nobody outside; its id
# there follows.
PICTURE = "picture:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One picture; `key` is the stable part of its address, `url` where to fetch it.

    A picture that has no public address has a `url` of `PICTURE` and its id. Its `key`
    then changes with what it shows.
    """

    key: str
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Record):
    """A group products are filed under."""

    kind: ClassVar[Kind] = Kind.CATEGORY
    natural_keys: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    parent: Ref | None = None

    @property
    def label(self) -> str:
        return self.name

    def keys(self) -> Mapping[str, str]:
        return {"name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant(Record):
    """One sellable form of a product; a product has at least one."""

    kind: ClassVar[Kind] = Kind.VARIANT
    natural_keys: ClassVar[tuple[str, ...]] = ("sku",)

    sku: str = ""
    barcode: str = ""
    title: str = ""
    options: tuple[tuple[str, str], ...] = ()
    weight_g: Decimal | None = None
    backorder: bool = False

    @property
    def label(self) -> str:
        return self.sku or self.external_id

    def keys(self) -> Mapping[str, str]:
        """The SKU alone: a barcode may be any platform's opaque label."""
        return {"sku": self.sku} if self.sku else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Record):
    """What a shop shows as one page; `reference` is the merchant's human number."""

    kind: ClassVar[Kind] = Kind.PRODUCT
    natural_keys: ClassVar[tuple[str, ...]] = ("sku",)

    title: str
    reference: str = ""
    slug: str = ""
    description_html: str = ""
    summary: str = ""
    brand: str = ""
    categories: tuple[Ref, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    status: Status = Status.LIVE
    published: bool = True
    variants: tuple[Variant, ...] = ()

    @property
    def label(self) -> str:
        return self.title

    def keys(self) -> Mapping[str, str]:
        """A product is found by the SKU of its only variant."""
        return self.variants[0].keys() if len(self.variants) == 1 else {}

    def parts(self) -> tuple[Record, ...]:
        return self.variants


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How many are at one place; `location` empty is the platform's only place."""

    available: Decimal
    location: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock(Record):
    """How many of a variant there are; levels may be negative, targets clamp.

    `backorder`: it may be sold while none is there; None where that is not told.
    """

    kind: ClassVar[Kind] = Kind.STOCK

    variant: Ref
    levels: tuple[Level, ...] = ()
    tracked: bool = True
    backorder: bool | None = None

    @property
    def available(self) -> Decimal:
        """All places together."""
        return sum((level.available for level in self.levels), Decimal(0))

    def owner(self) -> Ref:
        return self.variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A reduced price and when it holds."""

    money: Money
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Record):
    """What one of a variant costs in the platform's main price list."""

    kind: ClassVar[Kind] = Kind.PRICE

    variant: Ref
    money: Money | None
    sale: Sale | None = None
    tax_included: bool | None = field(default=None)

    def owner(self) -> Ref:
        return self.variant
