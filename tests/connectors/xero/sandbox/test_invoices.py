"""Invoices: what is refused, what is updated without a word, and what may change."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.caller import Caller, line


def test_an_invoice_is_made_and_found_by_id_and_number(xero: Caller) -> None:
    made = xero.made("Invoices", xero.invoice())
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (100, 15, 115)
    assert made["AmountDue"] == 115
    assert made["Date"] == "/Date(1793491200000+0000)/"
    assert made["DateString"] == "2026-11-01T00:00:00"
    for key in (made["InvoiceID"], "WEFT-1"):
        assert xero.row(f"Invoices/{key}")["LineItems"] == made["LineItems"]
    assert xero.get("Invoices/WEFT-2").status_code == 404


def test_a_number_is_made_up_when_none_is_sent(xero: Caller) -> None:
    made = xero.made("Invoices", xero.invoice(number=""))
    assert made["InvoiceNumber"].startswith("INV-")


def test_a_second_put_of_a_number_is_refused(xero: Caller) -> None:
    xero.made("Invoices", xero.invoice())
    assert xero.faults("Invoices", xero.invoice()) == ["Invoice # must be unique."]
    assert len(xero.ledger()["invoices"]) == 1


def test_a_post_of_a_known_number_updates_without_a_word(xero: Caller) -> None:
    first = xero.made("Invoices", xero.invoice())
    changed = xero.invoice(LineItems=[line(UnitAmount=7)])
    row = xero.rows_of(xero.post("Invoices", changed))[0]
    assert row["InvoiceID"] == first["InvoiceID"]
    assert row["SubTotal"] == 7


def test_the_number_of_a_voided_invoice_is_free(xero: Caller) -> None:
    made = xero.made("Invoices", xero.invoice())
    path = f"Invoices/{made['InvoiceID']}"
    assert xero.rows_of(xero.call("POST", path, {"Status": "VOIDED"}))
    assert xero.made("Invoices", xero.invoice())["InvoiceID"] != made["InvoiceID"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"Type": "ACCPAY"}, "ACCREC"),
        ({"Contact": {}}, "contact must be given"),
        ({"Contact": {"ContactID": "nobody"}}, "could not be found"),
        ({"Status": "PAID"}, "PAID"),
        ({"DueDate": None}, "DueDate"),
        ({"Date": "1 November"}, "Date is not a date"),
        ({"CurrencyCode": "CHF"}, "not subscribed to currency CHF"),
        ({"CurrencyCode": "USD", "CurrencyRate": 0}, "CurrencyRate"),
        ({"LineAmountTypes": "Gross"}, "LineAmountTypes"),
        ({"LineItems": []}, "line items"),
        ({"LineItems": None}, "line items"),
        ({"InvoiceNumber": "x" * 256}, "255"),
        ({"Reference": "x" * 256}, "255"),
        ({"Url": "https://xero.example.com/1"}, "Url"),
        ({"Url": "shop"}, "Url"),
        ({"BrandingThemeID": "none"}, "branding theme"),
        ({"Total": 99}, "Total 99"),
    ],
)
def test_an_invoice_that_breaks_a_rule_is_refused(
    xero: Caller, changes: Any, word: str
) -> None:
    faults = xero.faults("Invoices", xero.invoice(**changes))
    assert len(faults) == 1
    assert word in faults[0]
    assert xero.ledger()["invoices"] == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"Description": ""}, "Description"),
        ({"Description": None}, "Description"),
        ({"Description": "x" * 4001}, "4000"),
        ({"UnitAmount": None}, "UnitAmount"),
        ({"UnitAmount": "dear"}, "not a number"),
        ({"AccountCode": None}, "AccountCode"),
        ({"AccountCode": "999"}, "not a valid code"),
        ({"AccountCode": "201"}, "archived"),
        ({"AccountCode": "610", "TaxType": "NONE"}, "sales line"),
        ({"AccountCode": "090", "TaxType": "NONE"}, "sales line"),
        ({"TaxType": "TAX999"}, "TAX999"),
        ({"TaxType": "INPUT2"}, "cannot be used with account"),
        ({"ItemCode": "NONE-SUCH"}, "NONE-SUCH"),
        ({"DiscountRate": 101}, "DiscountRate"),
        ({"LineAmount": 99.99}, "expected line total 100.00"),
        ({"UnitAmount": -1}, "below zero"),
        ({"Tracking": [{"Name": "Region", "Option": "Moon"}]}, "Moon"),
        ({"Tracking": [{"Name": "Region", "Option": "North"}] * 3}, "two"),
        ({"LineItemID": "of another"}, "does not belong"),
    ],
)
def test_a_line_that_breaks_a_rule_is_refused(
    xero: Caller, changes: Any, word: str
) -> None:
    faults = xero.faults("Invoices", xero.invoice(LineItems=[line(**changes)]))
    assert len(faults) == 1
    assert word in faults[0]


def test_a_draft_may_lack_what_an_approved_invoice_needs(xero: Caller) -> None:
    draft = {
        "Type": "ACCREC",
        "Contact": {"ContactID": xero.contact()},
        "LineItems": [{"Description": "Later"}],
    }
    made = xero.made("Invoices", draft)
    assert made["Status"] == "DRAFT"
    path = f"Invoices/{made['InvoiceID']}"
    approved = xero.call("POST", path, {"Status": "AUTHORISED"})
    assert approved.status_code == 400
    assert "AccountCode" in approved.text


def test_the_rounding_account_takes_a_line(xero: Caller) -> None:
    cent = line(AccountCode="860", TaxType="NONE", UnitAmount=0.01)
    made = xero.made("Invoices", xero.invoice(LineItems=[line(), cent]))
    assert made["Total"] == 115.01


def test_an_item_fills_in_what_its_line_lacks(xero: Caller) -> None:
    made = xero.made(
        "Invoices", xero.invoice(LineItems=[{"ItemCode": "PEN-FTN", "Quantity": 2}])
    )
    row = made["LineItems"][0]
    assert (row["Description"], row["AccountCode"]) == ("Fountain pen", "200")
    assert (row["UnitAmount"], row["LineAmount"], row["TaxAmount"]) == (48, 96, 14.4)


def test_an_archived_contact_and_account_refuse_until_restored(xero: Caller) -> None:
    invoice = xero.invoice()
    xero.control("archive_account", code="200")
    assert "archived" in xero.faults("Invoices", invoice)[0]
    xero.control("restore_account", code="200")
    xero.control("archive_contact", contact="Mara Quill")
    assert "archived" in xero.faults("Invoices", invoice)[0]


@pytest.mark.parametrize("lock", ["period", "end_of_year"])
def test_a_date_on_or_before_a_lock_date_is_refused(xero: Caller, lock: str) -> None:
    xero.control("set_lock_date", **{lock: "2026-11-01"})
    assert "lock date" in xero.faults("Invoices", xero.invoice())[0]
    xero.control("set_lock_date", **{lock: "2026-10-31"})
    assert xero.made("Invoices", xero.invoice())


def test_more_than_the_id_of_a_contact_changes_the_contact(xero: Caller) -> None:
    contact = xero.contact()
    before = xero.row(f"Contacts/{contact}")
    assert before["ContactPersons"]
    xero.made("Invoices", xero.invoice(number="A", Contact={"ContactID": contact}))
    same = xero.row(f"Contacts/{contact}")
    assert same["UpdatedDateUTC"] == before["UpdatedDateUTC"]
    assert same["ContactPersons"] == before["ContactPersons"]
    more = {"ContactID": contact, "EmailAddress": "other@example.org"}
    xero.made("Invoices", xero.invoice(number="B", Contact=more))
    after = xero.row(f"Contacts/{contact}")
    assert after["EmailAddress"] == "other@example.org"
    assert after["ContactPersons"] == []


def test_a_contact_named_in_an_invoice_is_found_or_made(xero: Caller) -> None:
    known = xero.invoice(number="A", Contact={"Name": "DAVID SMITH"})
    found = xero.made("Invoices", known)["Contact"]
    assert found["Name"] == "David Smith"
    fresh = xero.made("Invoices", xero.invoice(number="B", Contact={"Name": "Ida"}))
    assert xero.row(f"Contacts/{fresh['Contact']['ContactID']}")["Name"] == "Ida"


def test_a_refused_invoice_leaves_its_contact_alone(xero: Caller) -> None:
    more = {"ContactID": xero.contact(), "EmailAddress": "other@example.org"}
    xero.faults("Invoices", xero.invoice(Contact=more, LineItems=[]))
    assert xero.row(f"Contacts/{xero.contact()}")["EmailAddress"] == "mara@example.org"


def test_a_line_sent_without_its_id_is_a_new_one(xero: Caller) -> None:
    made = xero.made("Invoices", xero.invoice())
    path, held = f"Invoices/{made['InvoiceID']}", made["LineItems"][0]["LineItemID"]
    kept = xero.call("POST", path, {"LineItems": [line(LineItemID=held)]})
    assert xero.rows_of(kept)[0]["LineItems"][0]["LineItemID"] == held
    anew = xero.call("POST", path, {"LineItems": [line()]})
    assert xero.rows_of(anew)[0]["LineItems"][0]["LineItemID"] != held


def test_status_goes_its_way_only(xero: Caller) -> None:
    draft = xero.made("Invoices", xero.invoice(number="A", Status="DRAFT"))
    path = f"Invoices/{draft['InvoiceID']}"
    assert xero.call("POST", path, {"Status": "VOIDED"}).status_code == 400
    assert xero.rows_of(xero.call("POST", path, {"Status": "DELETED"}))
    assert xero.call("POST", path, {"Reference": "x"}).status_code == 400
    approved = xero.made("Invoices", xero.invoice(number="B"))
    path = f"Invoices/{approved['InvoiceID']}"
    assert xero.call("POST", path, {"Status": "DELETED"}).status_code == 400
    assert xero.call("POST", path, {"Status": "DRAFT"}).status_code == 400
    assert xero.rows_of(xero.call("POST", path, {"Status": "VOIDED"}))


def test_an_odd_exchange_rate_is_warned_of(xero: Caller) -> None:
    odd = xero.invoice(CurrencyCode="USD", CurrencyRate=60)
    answer = xero.put("Invoices", odd, summarizeErrors="false")
    row = answer.json()["Invoices"][0]
    assert row["StatusAttributeString"] == "WARNING"
    assert "unusual" in row["Warnings"][0]["Message"]


def test_without_summaries_each_element_has_its_own_outcome(xero: Caller) -> None:
    pair = (xero.invoice("A"), xero.invoice("B", LineItems=[]), xero.invoice("C"))
    answer = xero.put("Invoices", *pair, summarizeErrors="false")
    assert answer.status_code == 200
    rows = answer.json()["Invoices"]
    assert [row["StatusAttributeString"] for row in rows] == ["OK", "ERROR", "OK"]
    assert rows[1]["HasErrors"] is True
    assert rows[1]["InvoiceNumber"] == "B"


def test_with_summaries_one_bad_element_hides_the_others(xero: Caller) -> None:
    pair = (xero.invoice("A"), xero.invoice("B", LineItems=[]))
    answer = xero.put("Invoices", *pair)
    assert answer.status_code == 400
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert [each["InvoiceNumber"] for each in body["Elements"]] == ["B"]
    assert body["Elements"][0]["ValidationErrors"]
    assert [row["InvoiceNumber"] for row in xero.ledger()["invoices"]] == ["A"]


def test_more_than_fifty_elements_are_taken(xero: Caller) -> None:
    many = [xero.invoice(f"N-{place}") for place in range(60)]
    answer = xero.put("Invoices", *many, summarizeErrors="false")
    assert len(answer.json()["Invoices"]) == 60
    assert xero.ledger()["duplicated"][xero.tenant]["invoices"] == {}


def test_a_bill_is_an_invoice_of_another_type(xero: Caller) -> None:
    xero.control("add_bill", number="B-1", total="12.50")
    assert xero.rows("Invoices", where='Type=="ACCREC"') == []
    bill = xero.rows("Invoices", where='Type=="ACCPAY"')[0]
    assert (bill["InvoiceNumber"], bill["Total"]) == ("B-1", 12.5)
