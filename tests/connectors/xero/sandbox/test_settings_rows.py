"""What an organisation is made of, and how it is changed from outside."""

import requests

from tests.connectors.xero.sandbox.caller import Caller


def test_the_organisation_says_its_currency_and_its_locks(xero: Caller) -> None:
    row = xero.row("Organisation")
    assert (row["BaseCurrency"], row["CountryCode"]) == ("NZD", "NZ")
    assert row["Timezone"] == "NEWZEALANDSTANDARDTIME"
    assert "PeriodLockDate" not in row
    xero.control("set_lock_date", period="2026-10-31", end_of_year="2026-03-31")
    row = xero.row("Organisation")
    assert row["PeriodLockDate"] == "/Date(1793404800000+0000)/"
    assert row["EndOfYearLockDate"] == "/Date(1774915200000+0000)/"


def test_accounts_show_what_they_are_for(xero: Caller) -> None:
    rows = {row["Code"]: row for row in xero.rows("Accounts")}
    assert rows["200"]["Type"] == "REVENUE"
    assert rows["201"]["Status"] == "ARCHIVED"
    assert {rows["090"]["Type"], rows["091"]["Type"]} == {"BANK"}
    assert rows["611"]["EnablePaymentsToAccount"] is True
    system = {row.get("SystemAccount") for row in rows.values()}
    assert {"DEBTORS", "GST", "ROUNDING"} <= system


def test_an_archived_account_is_listed_as_changed(xero: Caller) -> None:
    assert xero.rows("Accounts", since="2025-01-01T00:00:00") == []
    xero.control("archive_account", code="260")
    rows = xero.rows("Accounts", since="2025-01-01T00:00:00")
    assert [(row["Code"], row["Status"]) for row in rows] == [("260", "ARCHIVED")]


def test_tax_rates_say_what_they_may_be_used_with(xero: Caller) -> None:
    rows = {row["TaxType"]: row for row in xero.rows("TaxRates")}
    assert rows["OUTPUT2"]["EffectiveRate"] == 15
    assert rows["OUTPUT2"]["CanApplyToRevenue"] is True
    assert rows["INPUT2"]["CanApplyToRevenue"] is False
    assert {"NONE", "TAX001"} < set(rows)


def test_there_are_two_tracking_categories(xero: Caller) -> None:
    rows = xero.rows("TrackingCategories")
    assert [row["Name"] for row in rows] == ["Region", "Channel"]
    assert all(option["Status"] == "ACTIVE" for option in rows[0]["Options"])


def test_currencies_and_themes_are_listed(xero: Caller) -> None:
    codes = {row["Code"] for row in xero.rows("Currencies")}
    assert codes == {"NZD", "AUD", "USD"}
    assert len(xero.rows("BrandingThemes")) == 2


def test_a_reset_gives_the_same_organisations_again(xero: Caller) -> None:
    before = xero.ledger()
    xero.control("edit_item", Code="CUP", Name="Cup")
    xero.control("set_lock_date", period="2026-10-31")
    requests.post(f"{xero.controls}/reset", timeout=60)
    after = xero.ledger()
    assert after["items"] == before["items"]
    assert after["organisations"] == before["organisations"]
    assert after["connections"] == []


def test_numbers_that_stand_twice_are_counted(xero: Caller) -> None:
    xero.made("Invoices", xero.invoice("A", Reference="SO-1"))
    xero.made("Invoices", xero.invoice("B", Reference="SO-1"))
    told = xero.ledger()["duplicated"][xero.tenant]
    assert told == {"invoices": {}, "credit_notes": {}, "references": {"SO-1": 2}}


def test_a_control_that_makes_no_sense_is_refused(xero: Caller) -> None:
    def status(action: str, body: object) -> int:
        url = f"{xero.controls}/{action}"
        return requests.post(url, json=body, timeout=60).status_code

    assert status("nonsense", {}) == 404
    assert status("archive_account", {"code": "999"}) == 404
    assert status("archive_account", {"organisation": "FR", "code": "200"}) == 404
    assert status("archive_contact", {"contact": "Nobody"}) == 404
    assert status("pay_invoice", {"number": "none"}) == 404
    assert status("set_settings", {"speed": 1}) == 400
    assert status("add_contact", {"Name": "Mara Quill"}) == 400
    assert (
        status("merge_contacts", {"contact": "Mara Quill", "into": "Mara Quill"}) == 400
    )
    assert status("webhooks", {"mode": "shy"}) == 400
    assert status("webhook", {"url": "ftp://example.com"}) == 400
    assert status("set_settings", [1]) == 400
