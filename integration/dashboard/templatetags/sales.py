"""What merchants call the papers of a sale, and states as bare words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from integration.canonical.kinds import Kind
from integration.dashboard.templatetags.weft import LOOKS

register = template.Library()

PAPERS = {
    Kind.ORDER: _("Order"),
    Kind.ORDER_STATUS: _("Order status"),
    Kind.INVOICE: _("Invoice"),
    Kind.PAYMENT: _("Payment"),
    Kind.REFUND: _("Refund"),
    Kind.CREDIT_NOTE: _("Credit note"),
}
DEEDS = {
    "sync_now": _("asked for it to be read anew"),
    "retried": _("tried it again"),
    "held": _("put it on hold"),
    "released": _("released it"),
    "confirmed": _("saw it there and linked it"),
    "posted_again": _("posted it again"),
    "closed_by_person": _("marked it as done by hand"),
}


@register.filter
def paper(kind: str) -> Any:
    """One of a kind: "Invoice"."""
    return PAPERS.get(kind, str(kind).replace("_", " ").capitalize())  # type: ignore[call-overload]


@register.filter
def deed(verb: str) -> Any:
    """What somebody did, behind their name: "put it on hold"."""
    return DEEDS.get(verb, verb.replace("_", " "))


@register.filter
def word(state: str) -> Any:
    """A state's word alone, for a choice."""
    look = LOOKS.get(str(state))
    return look.word if look else str(state).replace("_", " ")
