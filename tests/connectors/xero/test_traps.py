"""Xero's traps in what is written, one test for each, by the number it is known by."""

from __future__ import annotations

from decimal import Decimal

import pytest
import responses

from connectors.xero.client import Client
from connectors.xero.contacts import Contacts
from connectors.xero.invoices import Sheets
from connectors.xero.items import Items
from integration.canonical.catalog import Variant
from integration.canonical.kinds import Kind
from integration.canonical.sales import LineType
from integration.canonical.values import Ref
from integration.contract.messages import Wanted
from integration.errors import BadRecord
from integration.http.auth import NoAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from tests.connectors.xero.books import (
    Books,
    buyer,
    changed,
    code_of,
    line,
    sale,
)
from tests.connectors.xero.subject import MARA, MUG


def test_trap_1_an_invoice_names_its_contact_by_id_alone_and_changes_nothing_there(
    books: Books,
) -> None:
    before = books.row("contacts", ContactID=MARA)
    invoice = sale(buyer=buyer(first_name="Other"))
    assert books.payload(invoice)["Contact"] == {"ContactID": MARA}
    books.booked(invoice)
    after = books.row("contacts", ContactID=MARA)
    kept = ("Name", "FirstName", "EmailAddress", "Addresses", "ContactPersons")
    assert [after[name] for name in kept] == [before[name] for name in kept]


def test_trap_1_where_the_merchant_asks_for_it_the_buyers_data_replaces_the_contacts(
    books: Books,
) -> None:
    books.booked(sale(buyer=buyer()), send_contact_data=True)
    contact = books.row("contacts", ContactID=MARA)
    assert (contact["FirstName"], contact["EmailAddress"]) == ("Ann", "ann@example.org")
    assert contact["Name"] == "Mara Quill"


def test_trap_2_a_namesake_is_a_contact_of_his_own(books: Books) -> None:
    david = buyer(first_name="David", last_name="Smith", email="d2@example.org")
    outcome = books.post(david, "uid-d2")
    made = books.row("contacts", ContactID=outcome.external_id)
    assert made["Name"] == "David Smith (d2@example.org)"
    assert made["ContactNumber"] == "uid-d2"
    first = books.row("contacts", Name="David Smith")
    assert first["EmailAddress"] == "david@example.net"
    [found] = books.writer().find(Kind.CUSTOMER, [Wanted("uid-other", david)])
    assert (found.external_ids, found.by) == ((outcome.external_id,), "email")


def test_trap_3_a_number_that_is_taken_is_refused_loudly_and_nothing_is_overwritten(
    books: Books,
) -> None:
    books.booked()
    other = sale(line("7.00", "1.05"), reference="another shop's")
    outcome = books.post(other, "uid-2")
    assert (outcome.external_id, code_of(outcome)) == (None, "number_taken")
    assert "prefix" in (outcome.error.hint if outcome.error else "")
    assert books.row("invoices", InvoiceNumber="1001")["Total"] == 115.0
    assert books.post(other, "uid-2", invoice_prefix="B-").error is None


def test_trap_3_the_same_sale_under_its_number_is_linked(books: Books) -> None:
    first = books.booked()
    again = books.post(changed(sale(), note="sent once more"))
    assert (again.external_id, again.error) == (first.external_id, None)
    assert books.ledger()["duplicated"] == {
        tenant: {"invoices": {}, "credit_notes": {}, "references": {}}
        for tenant in books.ledger()["duplicated"]
    }


def test_trap_4_total_and_tax_are_the_shops_to_the_cent(books: Books) -> None:
    thirds = [line("3.333333", "0.5", id=str(n)) for n in range(3)]
    invoice = sale(*thirds, total=Decimal("11.50"), total_tax=Decimal("1.50"))
    books.booked(invoice)
    row = books.row("invoices", InvoiceNumber="1001")
    assert (row["Total"], row["TotalTax"]) == (11.5, 1.5)
    assert len(row["LineItems"]) == 3


def test_trap_4_what_the_lines_miss_is_a_line_of_its_own_on_the_rounding_account(
    books: Books,
) -> None:
    books.booked(sale(line("10.00", "1.50"), total=Decimal("11.51")))
    row = books.row("invoices", InvoiceNumber="1001")
    rounding = row["LineItems"][-1]
    assert (rounding["Description"], rounding["AccountCode"]) == ("Rounding", "860")
    assert (rounding["LineAmount"], row["Total"]) == (0.01, 11.51)


@pytest.mark.parametrize("amounts", ["exclusive", "inclusive"])
def test_trap_4_lines_hold_their_tax_or_not_and_come_to_the_same(
    books: Books, amounts: str
) -> None:
    lines = (line("9.99", "1.50"), line("5.00", type=LineType.SHIPPING))
    books.booked(sale(*lines), amounts=amounts)
    row = books.row("invoices", InvoiceNumber="1001")
    assert row["LineAmountTypes"].lower() == amounts
    assert (row["Total"], row["TotalTax"]) == (16.49, 1.5)


def test_trap_5_unit_prices_keep_four_places_in_both_directions(books: Books) -> None:
    fine = line("4.94", quantity=Decimal(40), unit_price=Decimal("0.1235"))
    books.booked(sale(fine))
    row = books.row("invoices", InvoiceNumber="1001")
    assert row["LineItems"][0]["UnitAmount"] == 0.1235
    [ink] = [
        raw
        for raw in books.reader().fetch("items", [])
        if raw.body and b"INK-BLK" in raw.body
    ]
    assert b"0.1234" in (ink.body or b"")


def test_trap_6_a_day_in_a_closed_period_is_told_with_what_to_do(books: Books) -> None:
    books.do("set_lock_date", period="2026-11-30")
    outcome = books.post(sale())
    assert (outcome.external_id, code_of(outcome)) == (None, "period_locked")
    assert "move the lock date" in (outcome.error.hint if outcome.error else "")


def test_trap_12_a_days_date_is_the_organisations_whatever_the_moment(
    books: Books,
) -> None:
    books.booked()
    row = books.row("invoices", InvoiceNumber="1001")
    assert row["DateString"] == "2026-11-02T00:00:00"
    assert row["DueDateString"] == "2026-11-16T00:00:00"
    london = books.context(time_zone="Europe/London")
    made = books.connector.writes[Kind.INVOICE].map(sale(), london)
    assert made["Date"] == "2026-11-01"


def test_trap_13_one_bad_invoice_of_a_batch_hides_no_other(books: Books) -> None:
    batch = [
        books.outgoing_of(sale(number=str(n), external_id=str(n)), f"uid-{n}")
        for n in range(50)
    ]
    batch[20].payload["LineItems"][0]["AccountCode"] = "201"
    outcomes = {each.uid: each for each in books.write(Kind.INVOICE, batch)}
    assert len(outcomes) == 50
    assert [uid for uid, each in outcomes.items() if each.error] == ["uid-20"]
    assert code_of(outcomes["uid-20"]) == "account_archived"
    assert sum(bool(each.external_id) for each in outcomes.values()) == 49


def test_trap_14_what_xero_would_refuse_is_left_out_or_refused_before_sending(
    books: Books,
) -> None:
    odd = books.payload(buyer(email="jörg@example.org"))
    assert odd["EmailAddress"] is None
    books.post(buyer(email="jörg@example.org"))
    with pytest.raises(BadRecord) as caught:
        books.payload(Variant(external_id="1", sku="X" * 31, title="Long"))
    assert (caught.value.code, caught.value.field) == ("code_too_long", "Code")
    long = line("5.00", sku="X" * 31, variant=Ref(Kind.VARIANT, "11"))
    assert "Item" not in books.payload(sale(long))["LineItems"][0]


def test_trap_15_items_are_made_untracked_and_tracked_ones_move_no_stock(
    books: Books,
) -> None:
    made = books.payload(Variant(external_id="1", sku="NEW", title="New"))
    assert made["IsTrackedAsInventory"] is False
    sold = line("5.00", sku="MUG-BLU", variant=Ref(Kind.VARIANT, "10"))
    books.booked(sale(sold))
    row = books.row("invoices", InvoiceNumber="1001")
    assert row["LineItems"][0]["ItemCode"] == "MUG-BLU"


@pytest.mark.parametrize(("switched_on", "code"), [(False, None), (True, "MUG-BLU")])
@responses.activate
def test_trap_15_a_line_names_a_tracked_item_only_where_its_stock_shall_move(
    switched_on: bool, code: str | None
) -> None:
    root = "https://api.xero.com"
    item = {"ItemID": MUG, "Code": "MUG-BLU", "IsTrackedAsInventory": True}
    responses.get(f"{root}/api.xro/2.0/Items", json={"Items": [item]})
    door = Http(base_url=root, auth=NoAuth(), meter=FreeMeter(), resolver=_public)
    client = Client({"tracked_items": switched_on}, door)
    sheets = Sheets(client, Contacts(client), Items(client))
    row = {"Description": "Mug", "Item": {"ItemID": MUG}}
    body = sheets.body({"Contact": {"ContactID": MARA}, "LineItems": [row]})
    assert body["LineItems"][0].get("ItemCode") == code


def _public(host: str, port: int) -> list[str]:
    return ["93.184.216.34"]
