"""What the contract suite needs to know of Xero."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.xero import mapping
from connectors.xero.reader import LOOKUPS
from connectors.xero.sandbox.identity import CUSTOM_ID
from connectors.xero.sandbox.seed import stable_id
from integration.canonical.kinds import Kind
from integration.contract.context import Context, Table
from integration.errors import SyncFailure
from tests.contract.subject import Sample, Subject
from tests.contract.world import World

# As the sandbox's first organisation has them.
TENANT = stable_id("NZ")
MARA = stable_id("NZ/contact/Mara Quill")
MUG = stable_id("NZ/item/MUG-BLU")
BANK, CLEARING = stable_id("NZ/account/090"), stable_id("NZ/account/611")
INVOICE = "5c0b6c1e-6a52-4a8e-9c0b-3f6f0c9a1001"
FACTS = {
    "currency": "NZD",
    "time_zone": "Pacific/Auckland",
    "country": "NZ",
    "period_lock_date": "2026-03-31",
    "end_of_year_lock_date": "",
}
PAIRS: Mapping[str, Mapping[str, str]] = {
    "tax": {"standard": "OUTPUT2", "untaxed": "NONE"},
    "account": {"goods": "200", "shipping": "260"},
    "payment": {"card": "611", "bank": BANK},
}
ABSENT = "00000000-0000-4000-8000-000000000000"
# The rows of one page: small, so that few things take several.
PAGE = 3


def account(code: str, name: str, type: str, **more: Any) -> dict[str, Any]:
    """An account as Xero lists it."""
    key = stable_id(f"NZ/account/{code}")
    row = {"AccountID": key, "Code": code, "Name": name, "Type": type}
    return {**row, "Status": "ACTIVE", **more}


ACCOUNTS = (
    account("200", "Sales", "REVENUE"),
    account("201", "Sales of the Old Shop", "REVENUE", Status="ARCHIVED"),
    account("260", "Shipping", "REVENUE"),
    account("090", "Business Bank Account", "BANK"),
    account("611", "Card Payments", "CURRENT", EnablePaymentsToAccount=True),
    account("860", "Rounding", "CURRLIAB", SystemAccount="ROUNDING"),
)


def tables(**more: Any) -> dict[str, Table]:
    """The stored lookups, as they are after the lists were read."""
    maps = {"accounts": mapping.ACCOUNT, "currencies": mapping.CURRENCY}
    rows = {"accounts": ACCOUNTS, "currencies": ({"Code": "NZD"}, {"Code": "AUD"})}
    rows |= more
    maps |= {"branding_themes": mapping.BRANDING_THEME, "tax_rates": mapping.TAX_RATE}
    assert set(maps) < set(LOOKUPS)
    return {
        name: Table.of(maps[name](row, Context()) for row in listed)
        for name, listed in rows.items()
    }


def settings(url: str) -> dict[str, Any]:
    """A custom connection to the sandbox, three rows a page."""
    return {
        "sign_in": "custom connection",
        "client_id": CUSTOM_ID,
        "base_url": url,
        "login_url": url,
        "identity_url": url,
        "sales_account": "200",
        "page_size": PAGE,
    }


def without_limits(world: World) -> None:
    """As many calls as a test likes."""
    world.do("set_settings", minute_limit=100_000, day_limit=100_000, latency=0)


def fill(world: World) -> None:
    """Three pages of everything that is read in pages."""
    without_limits(world)
    for place in range(2 * PAGE + 1):
        world.do("add_contact", Name=f"Buyer {place}")
        world.do("edit_item", Code=f"CUP-{place}", Name=f"Cup {place}")
    client = world.client()
    numbers = [str(place) for place in range(2 * PAGE + 1)]
    client.create("Invoices", [invoice_row(number) for number in numbers], numbers)
    client.create("CreditNotes", [note_row(number) for number in numbers], numbers)


def invoice_row(number: str, **more: Any) -> dict[str, Any]:
    """An invoice of one mug as it is sent."""
    return {**_document("ACCREC"), "InvoiceNumber": number, "Reference": number, **more}


def note_row(number: str, **more: Any) -> dict[str, Any]:
    """A credit note of one mug as it is sent."""
    return {**_document("ACCRECCREDIT"), "CreditNoteNumber": number, **more}


def _document(type: str) -> dict[str, Any]:
    line = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "LineAmount": 10}
    line |= {"AccountCode": "200", "TaxType": "OUTPUT2", "TaxAmount": 1.5}
    found = {"Type": type, "Contact": {"ContactID": MARA}, "Date": "2026-11-02"}
    found |= {"LineAmountTypes": "Exclusive", "CurrencyCode": "NZD"}
    if type == "ACCREC":
        found["DueDate"] = "2026-11-16"
    return {**found, "Status": "AUTHORISED", "LineItems": [line]}


def touch(world: World, stream: str) -> tuple[str, str]:
    """Somebody changes what the list shows first."""
    if stream == "contacts":
        world.do("edit_contact", contact=MARA, TaxNumber="Touched")
        return MARA, "Touched"
    if stream == "items":
        world.do("edit_item", Code="MUG-BLU", Name="Touched")
        return MUG, "Touched"
    held = world.ledger()[stream][0]
    key = {"invoices": "InvoiceID", "credit_notes": "CreditNoteID"}[stream]
    resource = {"invoices": "Invoices", "credit_notes": "CreditNotes"}[stream]
    row = {key: held[key], "Reference": "Touched"}
    world.client().change(resource, [row], ["touch"])
    return held[key], "Touched"


def ready(world: World) -> Mapping[tuple[str, str], str]:
    """The buyer is Mara."""
    without_limits(world)
    return {("customer", "77"): MARA}


def invoiced(world: World) -> Mapping[tuple[str, str], str]:
    """The order was invoiced: 115.00 of it are due."""
    without_limits(world)
    line = {"Description": "Mugs", "Quantity": 1, "UnitAmount": 100}
    line |= {"AccountCode": "200", "TaxType": "OUTPUT2"}
    row = invoice_row("1001", LineItems=[line])
    try:
        [made] = world.client().create("Invoices", [row], ["invoiced"])
    except SyncFailure:
        # Where everything is refused it matters to nobody that it is not there.
        made = {"InvoiceID": INVOICE}
    return {("customer", "77"): MARA, ("order", "1001"): made["InvoiceID"]}


def an_item(world: World) -> str:
    """The blue mug."""
    without_limits(world)
    return MUG


def words(message: str, status: int) -> str:
    if status in (401, 403):
        return json.dumps(
            {"Title": "Unauthorized", "Status": status, "Detail": message}
        )
    error = {"ErrorNumber": 10, "Type": "ValidationException", "Message": message}
    row = {"ValidationErrors": [{"Message": message}]}
    return json.dumps({**error, "Elements": [row]})


def counted(name: str) -> Any:
    return lambda ledger: len(ledger[name])


SUBJECT = Subject(
    settings=settings,
    facts=FACTS,
    ids={
        ("customer", "77"): MARA,
        ("variant", "10"): MUG,
        ("order", "1001"): INVOICE,
    },
    lookups=tables(),
    pairs=PAIRS,
    credentials={"client_secret": "custom_client_secret"},
    fill=fill,
    lists=("items", "contacts", "invoices", "credit_notes"),
    touch=touch,
    since="2001-01-01T00:00:00",
    absent=ABSENT,
    path="/api.xro/",
    refusals={
        401: words("TokenExpired", 401),
        403: words("AuthenticationUnsuccessful", 403),
        404: "The resource you asked for was not found",
        409: words("It was changed meanwhile.", 409),
        422: words("It is not valid.", 422),
    },
    samples={
        Kind.CUSTOMER: Sample(case="out", count=counted("contacts"), ready=ready),
        Kind.VARIANT: Sample(case="out", count=counted("items"), ready=ready),
        Kind.PRICE: Sample(case="out", count=counted("items"), owner=an_item),
        Kind.INVOICE: Sample(case="text", count=counted("invoices"), ready=ready),
        Kind.PAYMENT: Sample(case="out", count=counted("payments"), ready=invoiced),
        Kind.CREDIT_NOTE: Sample(
            case="out", count=counted("credit_notes"), ready=invoiced
        ),
    },
)
