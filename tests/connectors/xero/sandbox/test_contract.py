"""The sandbox's answers beside the vendor's own description of them."""

from pathlib import Path
from typing import Any

import pytest

from tests.connectors.xero.sandbox.caller import DAY, Caller, line
from tests.connectors.xero.sandbox.contract import Contract


@pytest.fixture(scope="module")
def contract(platform_contracts: Path) -> Contract:
    return Contract(platform_contracts)


@pytest.fixture
def busy(xero: Caller) -> Caller:
    """An organisation in which something of each kind has happened."""
    tracked = line(
        ItemCode="MUG-BLU",
        DiscountRate=10,
        Tracking=[{"Name": "Region", "Option": "North"}],
    )
    lines = [tracked, line(AccountCode="260"), line(AccountCode="860", TaxType="NONE")]
    invoice = xero.made("Invoices", xero.invoice(LineItems=lines))
    note = xero.made("CreditNotes", xero.note())
    xero.made("Payments", xero.payment(invoice, 1))
    refund = {
        "CreditNote": {"CreditNoteID": note["CreditNoteID"]},
        "Account": {"Code": "090"},
        "Date": DAY,
        "Amount": 1,
    }
    xero.made("Payments", refund)
    xero.control("pay_invoice", number="WEFT-1", amount="1.00")
    xero.control("add_bill")
    xero.control("merge_contacts", contact="David Smith", into="Mara Quill")
    xero.control("set_lock_date", period=DAY, end_of_year=DAY)
    xero.put("Contacts", {"Name": "Ada", "Phones": [{"PhoneType": "OFFICE"}]})
    return xero


@pytest.mark.parametrize(
    "path",
    [
        "Organisation",
        "Accounts",
        "TaxRates",
        "TrackingCategories",
        "Currencies",
        "BrandingThemes",
        "Items",
        "Contacts",
        "Invoices",
        "CreditNotes",
        "Payments",
    ],
)
@pytest.mark.parametrize("paged", [False, True])
def test_lists_are_as_described(
    busy: Caller, contract: Contract, path: str, paged: bool
) -> None:
    asked: dict[str, Any] = {"page": 1} if paged else {}
    if path == "Contacts":
        asked["includeArchived"] = "true"
    answer = busy.get(path, **asked).json()
    rows = next(part for part in answer.values() if isinstance(part, list))
    assert rows
    schema = contract.answer("get", f"/{path}")
    assert list(contract.departures(answer, schema)) == []


def test_an_allocation_is_as_described(xero: Caller, contract: Contract) -> None:
    invoice = xero.made("Invoices", xero.invoice())
    note = xero.made("CreditNotes", xero.note())
    element = {
        "Amount": 1,
        "Date": DAY,
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
    }
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    answer = xero.call("PUT", path, {"Allocations": [element]}).json()
    schema = contract.answer("put", "/CreditNotes/{CreditNoteID}/Allocations")
    assert list(contract.departures(answer, schema)) == []
    for root in ("CreditNotes", "Invoices"):
        schema = contract.answer("get", f"/{root}")
        answer = xero.get(root, page=1).json()
        assert list(contract.departures(answer, schema)) == []


@pytest.mark.parametrize("root", ["Items", "Contacts", "Invoices", "CreditNotes"])
def test_what_is_written_comes_back_as_described(
    xero: Caller, contract: Contract, root: str
) -> None:
    elements = {
        "Items": {"Code": "CUP", "SalesDetails": {"UnitPrice": 1.5}},
        "Contacts": {"Name": "Ada", "ContactPersons": [{"FirstName": "B"}]},
        "Invoices": xero.invoice(),
        "CreditNotes": xero.note(),
    }
    answer = xero.put(root, elements[root], summarizeErrors="false").json()
    schema = contract.answer("put", f"/{root}")
    assert list(contract.departures(answer, schema)) == []


def test_a_refusal_has_the_described_head(xero: Caller, contract: Contract) -> None:
    body = xero.put("Contacts", {"Name": ""}).json()
    described = contract.answer("put", "/Contacts", "400")
    head = {name: part for name, part in body.items() if name != "Elements"}
    assert list(contract.departures(head, described)) == []
    assert body["Elements"][0]["ValidationErrors"][0]["Message"]
