"""Checks and computes the lines of invoices and credit notes."""

from decimal import Decimal
from typing import NamedTuple

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import Invalid
from connectors.xero.sandbox.organisation import Organisation, fresh_id
from connectors.xero.sandbox.totals import NO_TAX, line_amount, line_tax, rounded
from connectors.xero.sandbox.validation import Check

SALES_TYPES = frozenset({"REVENUE", "SALES", "OTHERINCOME"})
ROUNDING = "ROUNDING"
BY_CLASS = {
    "REVENUE": "CanApplyToRevenue",
    "LIABILITY": "CanApplyToLiabilities",
    "EXPENSE": "CanApplyToExpenses",
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
}
LONGEST = 4000
MOST_TRACKING = 2


class Sheet(NamedTuple):
    """What the lines of a document have in common.

    `held` are the lines it has, by id; `posts` is whether it goes to the ledger.
    """

    org: Organisation
    kind: str
    places: int
    posts: bool
    discounts: bool
    held: dict[str, Row]


def read_lines(sheet: Sheet, sent: list[Row]) -> list[Row]:
    """Give the lines with all they lack filled in; raises `Invalid`.

    A line sent without a LineItemID is a new one.
    """
    faults: list[str] = []
    lines = []
    for element in sent:
        try:
            lines.append(_line(sheet, element))
        except Invalid as invalid:
            faults += invalid.faults
    if faults:
        raise Invalid(*faults)
    return lines


def _line(sheet: Sheet, element: Row) -> Row:
    check = Check(element)
    item = _item(sheet.org, check)
    line: Row = {"LineItemID": _id(sheet, check)}
    described = check.text("Description", LONGEST)
    if described is None:
        described = item.get("Description") or item.get("Name")
    if not described:
        check.say("Description must be at least 1 character")
    line["Description"] = described
    if element.get("ItemCode"):
        line["ItemCode"] = element["ItemCode"]
    _fill_amounts(sheet, check, item.get("SalesDetails") or {}, line)
    _fill_account(sheet, check, item.get("SalesDetails") or {}, line)
    line["Tracking"] = _tracking(sheet.org, check)
    check.end()
    _fill_tax(sheet, check, line)
    check.end()
    return line


def _id(sheet: Sheet, check: Check) -> str:
    given = check.text("LineItemID", 36)
    if given and given not in sheet.held:
        check.say(f"The line item {given} does not belong to this document")
    return given or fresh_id()


def _item(org: Organisation, check: Check) -> Row:
    code = check.text("ItemCode", 30)
    if not code:
        return {}
    item = org.item(code)
    if item is None:
        check.say(f"Item code '{code}' is not valid")
    return item or {}


def _fill_amounts(sheet: Sheet, check: Check, sold: Row, line: Row) -> None:
    quantity, unit = check.amount("Quantity"), check.amount("UnitAmount")
    total = check.amount("LineAmount")
    quantity = rounded(Decimal(1) if quantity is None else quantity, 4)
    if unit is None and total is not None and quantity:
        unit = total / quantity
    if unit is None:
        unit = sold.get("UnitPrice")
    if unit is None and sheet.posts and not check.faults:
        check.say("UnitAmount is needed")
    line["Quantity"] = quantity
    line["UnitAmount"] = rounded(unit or Decimal(0), sheet.places)
    line |= _discount(sheet, check)
    line["LineAmount"] = line_amount(line)
    if total is not None:
        _check_total(check, rounded(total), line["LineAmount"])
        line["LineAmount"] = rounded(total)


def _discount(sheet: Sheet, check: Check) -> Row:
    rate, taken = check.amount("DiscountRate"), check.amount("DiscountAmount")
    if (rate is not None or taken is not None) and not sheet.discounts:
        check.say("Discounts can only be given on sales invoices")
    if rate is not None:
        if not 0 <= rate <= 100:
            check.say("DiscountRate must be from 0 to 100")
        return {"DiscountRate": rate}
    return {} if taken is None else {"DiscountAmount": rounded(taken)}


def _check_total(check: Check, total: Decimal, expected: Decimal) -> None:
    """Refuse a line total beside quantity and unit amount that make another."""
    if check.element.get("UnitAmount") is not None and total != expected:
        check.say(f"The line total {total} is not the expected line total {expected}")


def _fill_account(sheet: Sheet, check: Check, sold: Row, line: Row) -> None:
    code = check.text("AccountCode", 10) or sold.get("AccountCode")
    if not code:
        if sheet.posts:
            check.say("AccountCode is needed on an approved document")
        return
    account = sheet.org.account(code)
    if account is None:
        check.say(f"Account code '{code}' is not a valid code for this document.")
        return
    if account["Status"] != "ACTIVE":
        check.say(f"Account code '{code}' has been archived, or deleted")
    allowed = account["Type"] in SALES_TYPES
    if not allowed and account.get("SystemAccount") != ROUNDING:
        check.say(f"Account code '{code}' cannot be used on a sales line")
    line |= {"AccountCode": account["Code"], "AccountID": account["AccountID"]}


def _fill_tax(sheet: Sheet, check: Check, line: Row) -> None:
    org, account = sheet.org, sheet.org.account(line.get("AccountCode", "")) or {}
    code = check.text("TaxType", 50) or account.get("TaxType") or "NONE"
    if sheet.kind == NO_TAX:
        code = "NONE"
    rate = org.tax_rates.get(code)
    if rate is None or rate["Status"] != "ACTIVE":
        check.say(f"The TaxType code '{code}' does not exist or cannot be used")
        return
    if account and not rate[BY_CLASS[account["Class"]]]:
        number = account["Code"]
        check.say(f"TaxType '{code}' cannot be used with account code '{number}'")
    own = check.amount("TaxAmount")
    if sheet.kind == NO_TAX:
        own = None
    line["TaxType"] = code
    counted = line_tax(line["LineAmount"], rate["EffectiveRate"], sheet.kind)
    line["TaxAmount"] = counted if own is None else rounded(own)


def _tracking(org: Organisation, check: Check) -> list[Row]:
    sent = check.parts("Tracking")
    if len(sent) > MOST_TRACKING:
        check.say("A line has at most two tracking categories")
    found = []
    for each in sent:
        pair = _option(org, each)
        if pair is None:
            name, option = each.get("Name"), each.get("Option")
            check.say(f"There is no tracking option {name}: {option}")
        else:
            found.append(pair)
    return found


def _option(org: Organisation, sent: Row) -> Row | None:
    for category in org.tracking:
        if category["Status"] != "ACTIVE":
            continue
        known = (category["Name"], category["TrackingCategoryID"])
        if sent.get("Name") not in known and (
            sent.get("TrackingCategoryID") not in known
        ):
            continue
        for option in category["Options"]:
            if sent.get("Option") == option["Name"] and option["Status"] == "ACTIVE":
                return {
                    "Name": category["Name"],
                    "Option": option["Name"],
                    "TrackingCategoryID": category["TrackingCategoryID"],
                    "TrackingOptionID": option["TrackingOptionID"],
                }
    return None
