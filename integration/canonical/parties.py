"""Who buys: customers and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; `country` is ISO 3166 alpha-2, `key` the platform's own id."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Record):
    """A person or company that buys; `addresses` are those beside the usual two.

    Who buys without an account is a customer too, told apart by the e-mail.
    """

    kind: ClassVar[Kind] = Kind.CUSTOMER
    natural_keys: ClassVar[tuple[str, ...]] = ("email", "account_number")

    email: str = ""
    account_number: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    phone: str = ""
    billing: Address | None = None
    shipping: Address | None = None
    addresses: tuple[Address, ...] = ()
    tax_number: str = ""
    currency: str = ""
    price_list: str = ""
    discount_percent: Decimal | None = None

    @property
    def label(self) -> str:
        name = f"{self.first_name} {self.last_name}".strip()
        return name or self.company or self.email or self.external_id

    def keys(self) -> Mapping[str, str]:
        found = {"email": self.email, "account_number": self.account_number}
        return {name: value for name, value in found.items() if value}
