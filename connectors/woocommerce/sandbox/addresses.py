"""Keeps billing and shipping addresses the way the shop shows them."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.woocommerce.sandbox.exchange import Record, invalid

SHIPPING = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def blank_address(kind: str) -> Record:
    """Give an empty address; only billing has an e-mail address."""
    more = ("email", "phone") if kind == "billing" else ("phone",)
    return dict.fromkeys((*SHIPPING, *more), "")


def merged(address: Record, sent: Mapping[str, Any] | None) -> Record:
    """Give an address with the fields sent put over it; unknown ones are dropped."""
    known = {name: str(sent[name] or "") for name in address if sent and name in sent}
    return address | known


def check_email(sent: Mapping[str, Any] | None) -> None:
    """Refuse a billing address whose e-mail address is none."""
    email = sent.get("email") if sent else None
    if email and not EMAIL.fullmatch(str(email)):
        reason = "billing[email] is not a valid email address."
        raise invalid({"billing": ("rest_invalid_email", reason, None)})
