"""Xero, the books: takes invoices, credit notes and payments of a shop's orders.

https://developer.xero.com/documentation/api/accounting/overview
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.xero import mapping, oauth, words
from connectors.xero.client import Client, account, base_url
from connectors.xero.fields import BOOKING, FIELDS
from connectors.xero.pages import page_of
from connectors.xero.probe import probe
from connectors.xero.reader import Reader
from connectors.xero.streams import DAY, STREAMS
from connectors.xero.webhooks import Webhooks
from connectors.xero.writer import Writer
from integration.canonical.kinds import Kind
from integration.contract.connector import Connector, Style, Writes
from integration.contract.messages import Settings
from integration.http.limits import Limit

# As many as Xero advises in one call.
BATCH = 50
PER_DAY, PER_MINUTE, AT_ONCE = 1000, 60, 5


def limits(settings: Settings) -> Sequence[Limit]:
    """Xero's, for each organisation and app; it tells with every answer what is left.

    https://developer.xero.com/documentation/guides/oauth2/limits/
    """
    return (
        Limit(calls=AT_ONCE, seconds=0),
        Limit(
            calls=int(settings.get("calls_per_minute") or PER_MINUTE),
            seconds=60,
            remaining_header="X-MinLimit-Remaining",
        ),
        Limit(
            calls=int(settings.get("calls_per_day") or PER_DAY),
            seconds=DAY,
            remaining_header="X-DayLimit-Remaining",
            # Xero's day begins at another time for each organisation.
            fixed=True,
        ),
    )


WRITES = {
    # A name may have got a suffix, which tells its bearer from a namesake: it stays.
    Kind.CUSTOMER: Writes(
        map=mapping.CUSTOMER_OUT, batch=BATCH, on_create={"Name": ""}
    ),
    Kind.VARIANT: Writes(
        map=mapping.VARIANT_OUT, batch=BATCH, on_create={"SalesDetails": ""}
    ),
    Kind.PRICE: Writes(map=mapping.PRICE_OUT, batch=BATCH),
    Kind.INVOICE: Writes(
        map=mapping.INVOICE_OUT,
        style=Style.FULL,
        batch=BATCH,
        pairs=(words.TAXES, words.SALES),
        options=BOOKING,
        guest="guest_contact",
    ),
    Kind.PAYMENT: Writes(
        map=mapping.PAYMENT_OUT,
        style=Style.FULL,
        batch=BATCH,
        pairs=(words.METHODS,),
        options=tuple(each for each in BOOKING if each.name == "payment_account"),
    ),
    Kind.CREDIT_NOTE: Writes(
        map=mapping.CREDIT_NOTE_OUT,
        style=Style.FULL,
        batch=BATCH,
        pairs=(words.TAXES, words.SALES, words.METHODS),
        options=BOOKING,
        guest="guest_contact",
    ),
}

CONNECTOR = Connector(
    key="xero",
    label="Xero",
    fields=FIELDS,
    account=account,
    base_url=base_url,
    auth=oauth.auth,
    client=Client,
    probe=probe,
    streams=STREAMS,
    writes=WRITES,
    reader=Reader,
    writer=Writer,
    limits=limits,
    oauth=oauth.CONSENTING,
    app_webhooks=Webhooks,
    page_of=page_of,
)
