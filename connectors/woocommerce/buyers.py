"""The functions behind the reading tables that say who bought, and where they live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integration.canonical.kinds import Kind
from integration.canonical.parties import Address, Customer
from integration.canonical.values import Ref

Row = Mapping[str, Any]
# What stands before the e-mail of a guest, whom the shop gives no id.
GUEST = "guest:"
# An e-mail beyond this fits no id: an order is not to be lost for it.
LONGEST_EMAIL = 190


def address(value: Row) -> Address | None:
    """A billing or shipping address; None where nothing was filled in."""
    texts = {name: str(text).strip() for name, text in value.items() if text}
    if not texts.keys() - {"email", "country", "state"}:
        return None
    name = f"{texts.get('first_name', '')} {texts.get('last_name', '')}"
    return Address(
        name=name.strip(),
        company=texts.get("company", ""),
        line1=texts.get("address_1", ""),
        line2=texts.get("address_2", ""),
        city=texts.get("city", ""),
        region=texts.get("state", ""),
        postcode=texts.get("postcode", ""),
        country=texts.get("country", ""),
        phone=texts.get("phone", ""),
    )


def customer_ref(row: Row) -> Ref | None:
    """The account that bought, else the guest; None for one who left no e-mail."""
    known_as = str(row.get("customer_id") or "") or guest_id(row)
    if not known_as:
        return None
    email = _email(row)
    return Ref(Kind.CUSTOMER, known_as, {"email": email} if email else {})


def refunded_customer(refund: Row) -> Ref | None:
    """Who bought what a refund gives back."""
    return customer_ref(refund["order"])


def guest_id(row: Row) -> str:
    """What we call who bought without an account; "" where there is no e-mail."""
    email = _email(row).casefold()
    return GUEST + email if 0 < len(email) <= LONGEST_EMAIL else ""


def guests(row: Row) -> Iterable[Row]:
    """Who bought without an account, in the shape of a customer of the shop's."""
    if row.get("customer_id") or not guest_id(row):
        return ()
    billing = row["billing"]
    names = {name: billing.get(name) for name in ("first_name", "last_name")}
    addresses = {"billing": billing, "shipping": row.get("shipping") or {}}
    told = {"id": guest_id(row), "email": _email(row), **names, **addresses}
    return ({**told, "meta_data": row.get("meta_data") or ()},)


def buyer(row: Row) -> Customer:
    """Who bought, as filled in at the checkout; a guest has no id."""
    billing = row.get("billing") or {}
    return Customer(
        external_id=str(row.get("customer_id") or ""),
        email=billing.get("email") or "",
        first_name=billing.get("first_name") or "",
        last_name=billing.get("last_name") or "",
        company=billing.get("company") or "",
        phone=billing.get("phone") or "",
        billing=address(billing),
        shipping=address(row.get("shipping") or {}),
    )


def _email(row: Row) -> str:
    return str((row.get("billing") or {}).get("email") or "").strip()
