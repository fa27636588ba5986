"""What Weft reads of an organisation, and how often."""

from __future__ import annotations

from connectors.xero import mapping
from connectors.xero.reader import AT_ONCE, OVERLAP
from integration.canonical.shop import Entry
from integration.contract.connector import CursorType, Stream
from integration.contract.mapping import FieldMap

DAY = 86_400
_OVERLAP = int(OVERLAP.total_seconds())


def _lookup(key: str, fieldmap: FieldMap[Entry], called: str) -> Stream:
    """A list of words to choose from: one call a day, and when one is unknown."""
    return Stream(
        key=key,
        lookup=key,
        maps=(fieldmap,),
        called=(called,),
        cursor=CursorType.NONE,
        read_every=DAY,
    )


STREAMS = (
    # Items have no pages and leave no trace when they go: the whole list is one call.
    Stream(
        key="items",
        called=("Name", "Code"),
        maps=(mapping.VARIANT, mapping.PRICE),
        cursor=CursorType.TIME,
        overlap=_OVERLAP,
        gone_after=2,
        full_every=DAY,
        at_once=100_000,
    ),
    # What changes without moving its time is seen by the weekly look at all.
    Stream(
        key="contacts",
        called=("Name", "EmailAddress"),
        maps=(mapping.CUSTOMER,),
        cursor=CursorType.TIME,
        ascending=True,
        overlap=_OVERLAP,
        gone_after=2,
        full_every=7 * DAY,
        at_once=AT_ONCE,
    ),
    Stream(
        key="invoices",
        called=("InvoiceNumber",),
        maps=(mapping.INVOICE,),
        cursor=CursorType.TIME,
        ascending=True,
        overlap=_OVERLAP,
        gone_after=0,
        at_once=AT_ONCE,
    ),
    Stream(
        key="credit_notes",
        called=("CreditNoteNumber",),
        maps=(mapping.CREDIT_NOTE,),
        cursor=CursorType.TIME,
        ascending=True,
        overlap=_OVERLAP,
        gone_after=0,
        at_once=AT_ONCE,
    ),
    Stream(
        key="organisation",
        maps=(mapping.SETTING,),
        cursor=CursorType.NONE,
        gone_after=0,
        read_every=DAY,
    ),
    _lookup("accounts", mapping.ACCOUNT, "Name"),
    _lookup("tax_rates", mapping.TAX_RATE, "Name"),
    _lookup("tracking_categories", mapping.TRACKING, "Name"),
    _lookup("currencies", mapping.CURRENCY, "Code"),
    _lookup("branding_themes", mapping.BRANDING_THEME, "Name"),
)
