"""Xero's fields for ours, both directions: one table per kind.

A rule's named function is in `rows` (reading), or in `documents`, `buyers`, `lines` and
`goods` (writing). https://developer.xero.com/documentation/api/accounting/overview
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.xero import buyers, documents, goods, lines, rows
from integration.canonical.accounts import CreditNote, Invoice
from integration.canonical.catalog import Price, Variant
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.sales import LineType, OrderLine
from integration.canonical.shop import Entry, Setting
from integration.contract.mapping import (
    FieldMap,
    at,
    const,
    derive,
    each,
    number,
    ref,
)

# --- Reading --------------------------------------------------------------------------

SETTING = FieldMap(
    Setting,
    external_id=at("id"),
    value=at("value", str, default=""),
)

ACCOUNT = FieldMap(
    Entry,
    external_id=at("AccountID"),
    table=const("accounts"),
    code=at("Code", str, default=""),
    name=at("Name", default=""),
    active=derive(rows.is_active),
    data=derive(rows.of_account),
)

TAX_RATE = FieldMap(
    Entry,
    external_id=at("TaxType"),
    table=const("tax_rates"),
    code=at("TaxType"),
    name=at("Name", default=""),
    active=derive(rows.is_active),
    data=derive(rows.of_tax_rate),
)

TRACKING = FieldMap(
    Entry,
    over=rows.category_and_options,
    external_id=at("id"),
    table=const("tracking_categories"),
    name=at("Name", default=""),
    parent=at("parent", default=""),
    active=derive(rows.is_active),
)

CURRENCY = FieldMap(
    Entry,
    external_id=at("Code"),
    table=const("currencies"),
    code=at("Code"),
    name=at("Description", default=""),
)

BRANDING_THEME = FieldMap(
    Entry,
    external_id=at("BrandingThemeID"),
    table=const("branding_themes"),
    name=at("Name", default=""),
)

VARIANT = FieldMap(
    Variant,
    external_id=at("ItemID"),
    sku=at("Code", str),
    title=at("Name", default=""),
)

PRICE = FieldMap(
    Price,
    over=rows.sold,
    uses=("currency",),
    external_id=at("ItemID"),
    variant=ref(Kind.VARIANT, "ItemID", sku="Code"),
    money=derive(rows.sales_price),
)

CUSTOMER = FieldMap(
    Customer,
    external_id=at("ContactID"),
    email=at("EmailAddress", default=""),
    account_number=at("AccountNumber", str, default=""),
    first_name=at("FirstName", default=""),
    last_name=at("LastName", default=""),
    company=derive(rows.company),
    phone=derive(rows.phone),
    billing=derive(rows.postal),
    shipping=derive(rows.physical),
    tax_number=at("TaxNumber", str, default=""),
    currency=at("DefaultCurrency", default=""),
)

LINE = FieldMap(
    OrderLine,
    id=at("LineItemID", default=""),
    type=const(LineType.GOODS),
    name=at("Description", default=""),
    sku=at("ItemCode", str, default=""),
    quantity=at("Quantity", number, default=Decimal(1)),
    unit_price=at("UnitAmount", number, default=Decimal(0)),
    net=derive(rows.net),
    tax=derive(rows.tax),
    tax_code=at("TaxType", default=""),
)

INVOICE = FieldMap(
    Invoice,
    uses=("time_zone",),
    external_id=at("InvoiceID"),
    order=derive(rows.order_ref),
    number=at("InvoiceNumber", str, default=""),
    at=derive(rows.dated),
    currency=at("CurrencyCode"),
    total=at("Total", number),
    total_tax=at("TotalTax", number, default=Decimal(0)),
    lines=each(rows.document_lines, LINE),
    customer=ref(Kind.CUSTOMER, "Contact.ContactID"),
    tax_included=derive(rows.whole_tax),
    reference=at("Reference", str, default=""),
    due_days=derive(rows.due_days),
    attributes=derive(rows.state),
)

CREDIT_NOTE = FieldMap(
    CreditNote,
    uses=("time_zone",),
    external_id=at("CreditNoteID"),
    order=derive(rows.order_ref),
    number=at("CreditNoteNumber", str, default=""),
    at=derive(rows.dated),
    currency=at("CurrencyCode"),
    total=at("Total", number),
    total_tax=at("TotalTax", number, default=Decimal(0)),
    lines=each(rows.document_lines, LINE),
    customer=ref(Kind.CUSTOMER, "Contact.ContactID"),
    order_number=at("Reference", str, default=""),
    attributes=derive(rows.state),
)

# --- Writing --------------------------------------------------------------------------

Payload = FieldMap[dict[str, Any]]

CUSTOMER_OUT: Payload = FieldMap(
    dict,
    Name=derive(buyers.name),
    FirstName=at("first_name", buyers.short, default=None),
    LastName=at("last_name", buyers.short, default=None),
    EmailAddress=at("email", buyers.email, default=None),
    AccountNumber=at("account_number", buyers.number, default=None),
    TaxNumber=at("tax_number", buyers.number, default=None),
    Phones=derive(buyers.phones),
    Addresses=derive(buyers.addresses),
)

VARIANT_OUT: Payload = FieldMap(
    dict,
    uses=("sales_account",),
    lookups=("accounts",),
    Code=derive(goods.code),
    Name=derive(goods.name),
    Description=derive(goods.description),
    IsSold=const(True),
    IsPurchased=const(False),
    IsTrackedAsInventory=const(False),
    SalesDetails=derive(goods.sales_details),
)

PRICE_OUT: Payload = FieldMap(
    dict,
    uses=("amounts", "currency"),
    UnitPrice=derive(goods.unit_price),
)

INVOICE_OUT: Payload = FieldMap(
    dict,
    uses=documents.USES,
    lookups=documents.TABLES,
    Type=const("ACCREC"),
    InvoiceNumber=derive(documents.invoice_number),
    Reference=at("reference", default=None),
    Contact=derive(buyers.contact),
    Date=derive(documents.booked_on),
    DueDate=derive(documents.due_on),
    LineAmountTypes=derive(lines.line_amount_types),
    CurrencyCode=derive(documents.held_currency),
    Status=derive(documents.status),
    BrandingThemeID=derive(documents.branding_theme),
    LineItems=derive(lines.line_items),
)

# `Settlement` is what is done once the note is there; it is no field of Xero's.
CREDIT_NOTE_OUT: Payload = FieldMap(
    dict,
    uses=documents.USES,
    lookups=documents.TABLES,
    Type=const("ACCRECCREDIT"),
    CreditNoteNumber=derive(documents.credit_note_number),
    Reference=at("order_number", default=None),
    Contact=derive(buyers.contact),
    Date=derive(documents.booked_on),
    LineAmountTypes=derive(lines.line_amount_types),
    CurrencyCode=derive(documents.held_currency),
    Status=derive(documents.status),
    BrandingThemeID=derive(documents.branding_theme),
    LineItems=derive(lines.line_items),
    Settlement=derive(documents.settlement),
)

PAYMENT_OUT: Payload = FieldMap(
    dict,
    uses=("payment_account", "time_zone"),
    lookups=("accounts",),
    Invoice=derive(documents.paid_invoice),
    Account=derive(documents.landed_on),
    Date=derive(documents.booked_on),
    Amount=derive(documents.amount),
    Reference=at("transaction", default=None),
)
