"""What kinds of things are called, one and many, in the reader's language."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from integration.canonical.kinds import Kind


class Noun(NamedTuple):
    """A kind as people name it, as it begins a sentence."""

    one: Any
    many: Any


NOUNS = {
    Kind.PRODUCT: Noun(_("Product"), _("Products")),
    Kind.VARIANT: Noun(_("Variant"), _("Variants")),
    Kind.STOCK: Noun(_("Stock"), _("Stock levels")),
    Kind.PRICE: Noun(_("Price"), _("Prices")),
    Kind.CUSTOMER: Noun(_("Customer"), _("Customers")),
    Kind.ORDER: Noun(_("Order"), _("Orders")),
    Kind.ORDER_STATUS: Noun(_("Order status"), _("Order statuses")),
    Kind.PAYMENT: Noun(_("Payment"), _("Payments")),
    Kind.REFUND: Noun(_("Refund"), _("Refunds")),
    Kind.INVOICE: Noun(_("Invoice"), _("Invoices")),
    Kind.CREDIT_NOTE: Noun(_("Credit note"), _("Credit notes")),
    Kind.CATEGORY: Noun(_("Category"), _("Categories")),
    Kind.SETTING: Noun(_("Setting"), _("Settings")),
    Kind.LOOKUP: Noun(_("Entry"), _("Entries")),
}


def one(kind: str) -> str:
    """A single thing of this kind: "Order status"."""
    noun = NOUNS.get(kind)  # type: ignore[call-overload]
    return str(noun.one) if noun else kind.replace("_", " ").capitalize()


def many(kind: str) -> str:
    """Several of them: "Order statuses"."""
    noun = NOUNS.get(kind)  # type: ignore[call-overload]
    return str(noun.many) if noun else f"{kind.replace('_', ' ').capitalize()}s"
