"""Lists, finds, creates, changes and removes items."""

from decimal import Decimal

from connectors.xero.sandbox.batch import write_all, write_one
from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import Answer, Call, missing
from connectors.xero.sandbox.listing import Shelf, list_rows
from connectors.xero.sandbox.organisation import Organisation, fresh_id
from connectors.xero.sandbox.totals import rounded
from connectors.xero.sandbox.validation import Check

ROOT, KEY = "Items", "ItemID"
TEXTS = {"Code": 30, "Name": 50, "Description": 4000, "PurchaseDescription": 4000}
FIELDS = frozenset(
    {
        "ItemID",
        "Code",
        "Name",
        "Description",
        "IsSold",
        "IsPurchased",
        "IsTrackedAsInventory",
        "QuantityOnHand",
        "UpdatedDateUTC",
        "SalesDetails.UnitPrice",
        "PurchaseDetails.UnitPrice",
    }
)


def list_items(call: Call) -> Answer:
    """List all items; there are no pages."""
    shelf = Shelf(
        root=ROOT,
        fields=FIELDS,
        shown=lambda row: shown(row, call.places),
        paged=False,
    )
    return list_rows(call, shelf, call.org.items.values())


def show_item(call: Call, id: str) -> Answer:
    """Give one item by its id or its code."""
    return Answer(ROOT, [shown(_held(call.org, id), call.places)])


def create_items(call: Call) -> Answer:
    """Create items; a code already there is refused."""

    def write(element: Row) -> tuple[Row, list[str]]:
        row = save_item(call.org, None, element, call.places)
        return shown(row, call.places), []

    return write_all(call, ROOT, KEY, write)


def save_items(call: Call) -> Answer:
    """Create items, or change those found by id or code."""

    def write(element: Row) -> tuple[Row, list[str]]:
        held = call.org.items.get(str(element.get(KEY)))
        held = held or call.org.item(str(element.get("Code")))
        row = save_item(call.org, held, element, call.places)
        return shown(row, call.places), []

    return write_all(call, ROOT, KEY, write)


def save_item_at(call: Call, id: str) -> Answer:
    """Change one item by the id of its address."""
    held = _held(call.org, id)

    def write(element: Row) -> tuple[Row, list[str]]:
        row = save_item(call.org, held, element, call.places)
        return shown(row, call.places), []

    return write_one(call, ROOT, KEY, write)


def remove_item(call: Call, id: str) -> Answer:
    """Remove an item; nothing tells of it afterwards."""
    del call.org.items[_held(call.org, id)[KEY]]
    return Answer(ROOT, [], status=204)


def save_item(org: Organisation, held: Row | None, element: Row, places: int) -> Row:
    """Create an item, or change `held`; raises `Invalid`.

    Quantity and cost of tracked stock cannot be set; what is sent of them is ignored.
    """
    check = Check(element)
    changes = check.texts(TEXTS)
    code = changes.get("Code")
    if not code and (held is None or "Code" in changes):
        check.say("The item Code must be given")
    other = org.item(code) if code else None
    if other is not None and other is not held:
        check.say(f"The item code {code} is already in use")
    for field in ("SalesDetails", "PurchaseDetails"):
        if field in element:
            changes[field] = _details(org, check, field, places)
    for field in ("IsSold", "IsPurchased"):
        if field in element:
            changes[field] = bool(element[field])
    check.end()
    row = held or {
        KEY: fresh_id(),
        "IsSold": True,
        "IsPurchased": True,
        "IsTrackedAsInventory": False,
    }
    row |= changes
    org.items[row[KEY]] = row
    org.touch(row)
    return row


def shown(row: Row, places: int) -> Row:
    """Give an item; prices have 2 places, or 4 with `unitdp=4`."""
    held = {name: value for name, value in row.items() if value not in (None, "")}
    for field in ("SalesDetails", "PurchaseDetails"):
        details = dict(row.get(field) or {})
        if isinstance(details.get("UnitPrice"), Decimal):
            details["UnitPrice"] = rounded(details["UnitPrice"], places)
        held[field] = details
    return held


def _held(org: Organisation, id: str) -> Row:
    row = org.items.get(id) or org.item(id)
    if row is None:
        raise missing()
    return row


def _details(org: Organisation, check: Check, field: str, places: int) -> Row:
    inner = Check(check.part(field))
    found: Row = {}
    price = inner.amount("UnitPrice")
    if price is not None:
        found["UnitPrice"] = rounded(price, places)
    code, tax = inner.text("AccountCode", 10), inner.text("TaxType", 50)
    if code:
        account = org.account(code)
        if account is None or account["Status"] != "ACTIVE":
            inner.say(f"Account code '{code}' is not a valid account code")
        found["AccountCode"] = code
    if tax:
        if tax not in org.tax_rates:
            inner.say(f"The TaxType code '{tax}' does not exist or cannot be used")
        found["TaxType"] = tax
    check.faults += inner.faults
    return found
