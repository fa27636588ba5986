"""Lists: pages, what changed since, filters, order, and the shape of answers."""

from typing import Any

import pytest
import time_machine

from tests.connectors.xero.sandbox.caller import Caller

START = 1_800_000_000
CODES = {"MUG-BLU", "MUG-RED", "PEN-FTN", "INK-BLK"}


def numbers(rows: list[Any]) -> list[str]:
    return [row["InvoiceNumber"] for row in rows]


@pytest.fixture
def three(xero: Caller) -> Caller:
    """Three invoices, a day apart, the last one a draft."""
    for place, status in enumerate(("AUTHORISED", "AUTHORISED", "DRAFT"), start=1):
        element = xero.invoice(
            f"N-{place}",
            Date=f"2026-11-0{place}",
            Reference=f"SO-{place}",
            Status=status,
        )
        xero.made("Invoices", element)
    return xero


def test_pages_are_counted_and_end(three: Caller) -> None:
    first = three.get("Invoices", page=1, pageSize=2).json()
    assert numbers(first["Invoices"]) == ["N-1", "N-2"]
    assert first["pagination"] == {
        "page": 1,
        "pageSize": 2,
        "pageCount": 2,
        "itemCount": 3,
    }
    assert numbers(three.rows("Invoices", page=2, pageSize=2)) == ["N-3"]
    assert three.rows("Invoices", page=3, pageSize=2) == []


def test_a_list_without_a_page_leaves_the_lines_out(three: Caller) -> None:
    whole = three.get("Invoices").json()
    assert "pagination" not in whole
    assert [row["LineItems"] for row in whole["Invoices"]] == [[], [], []]
    assert three.rows("Invoices", page=1)[0]["LineItems"] != []
    short = three.rows("Invoices", page=1, summaryOnly="true")[0]
    assert "LineItems" not in short


@pytest.mark.parametrize(
    "params",
    [{"page": 0}, {"pageSize": 0}, {"pageSize": 1001}, {"page": "one"}],
)
def test_a_page_that_makes_no_sense_is_refused(three: Caller, params: Any) -> None:
    assert three.get("Invoices", **params).status_code == 400


def test_items_come_all_at_once_whatever_the_page(xero: Caller) -> None:
    answer = xero.get("Items", page=2, pageSize=1).json()
    assert "pagination" not in answer
    assert {row["Code"] for row in answer["Items"]} == CODES


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('InvoiceNumber=="N-2"', ["N-2"]),
        ('Reference=="so-1"', ["N-1"]),
        ('Status=="DRAFT"', ["N-3"]),
        ('Status=="AUTHORISED" AND Reference=="SO-2"', ["N-2"]),
        ('Reference=="SO-1" OR Reference=="SO-3"', ["N-1", "N-3"]),
        ('Reference=="SO-1" || Status=="DRAFT" && Reference=="SO-2"', ["N-1"]),
        ('(Reference=="SO-1" OR Reference=="SO-3") AND Status=="DRAFT"', ["N-3"]),
        ("Date>=DateTime(2026, 11, 02)", ["N-2", "N-3"]),
        ("Date < DateTime(2026,11,02,00,00,00)", ["N-1"]),
        ('Date>DateTime.Parse("2026-11-02")', ["N-3"]),
        ('Reference.StartsWith("SO-")', ["N-1", "N-2", "N-3"]),
        ('Reference.Contains("o-3")', ["N-3"]),
        ('Reference.EndsWith("2")', ["N-2"]),
        ('Reference!="SO-1"', ["N-2", "N-3"]),
        ("Reference!=null AND Total>=115.00", ["N-1", "N-2", "N-3"]),
        ("Reference==null", []),
        ('Contact.Name=="Mara Quill" and AmountDue>0', ["N-1", "N-2", "N-3"]),
    ],
)
def test_where_finds_what_it_says(three: Caller, where: str, found: list[str]) -> None:
    assert numbers(three.rows("Invoices", where=where)) == found


def test_where_takes_ids(three: Caller) -> None:
    contact = three.contact()
    mine = f'Contact.ContactID==guid("{contact}")'
    assert len(three.rows("Invoices", where=mine)) == 3
    assert three.rows("Contacts", where=f'ContactID==Guid("{contact.upper()}")')


@pytest.mark.parametrize("field", ["EmailAddress", "AccountNumber"])
def test_where_finds_contacts(xero: Caller, field: str) -> None:
    value = {"EmailAddress": "david@example.net", "AccountNumber": "C-1002"}[field]
    found = xero.rows("Contacts", where=f'{field}=="{value}"')
    assert [row["Name"] for row in found] == ["David Smith"]


def test_where_takes_quotes_within_a_text(xero: Caller) -> None:
    xero.made("Contacts", {"Name": 'The "Old" Mill'})
    assert len(xero.rows("Contacts", where='Name=="The \\"Old\\" Mill"')) == 1


@pytest.mark.parametrize(
    "where",
    [
        'Nonsense=="x"',
        "Reference==",
        'Reference="x',
        "Reference",
        '"x"==Reference',
        'Reference=="x" AND',
        '(Reference=="x"',
        'Reference=="x")',
        "Date==DateTime(2026,13,1)",
        'Total=="much"',
        "Total>DateTime(2026,11,1)",
        'Reference.Upper("x")',
        "Reference.Contains(5)",
        "Reference~1",
    ],
)
def test_a_where_that_cannot_be_read_is_refused(three: Caller, where: str) -> None:
    answer = three.get("Invoices", where=where)
    assert answer.status_code == 400, answer.text
    assert answer.json()["Type"] == "QueryParseException"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"InvoiceNumbers": "N-1,N-3"}, ["N-1", "N-3"]),
        ({"Statuses": "DRAFT,SUBMITTED"}, ["N-3"]),
        ({"searchTerm": "so-2"}, ["N-2"]),
        ({"createdByMyApp": "true"}, ["N-1", "N-2", "N-3"]),
        ({"ContactIDs": "nobody"}, []),
    ],
)
def test_invoices_are_picked_by_parameters(
    three: Caller, params: Any, found: list[str]
) -> None:
    three.control("add_bill")
    assert numbers(three.rows("Invoices", **params)) == found


def test_a_status_that_does_not_exist_is_refused(three: Caller) -> None:
    assert three.get("Invoices", Statuses="OPEN").status_code == 400


def test_lists_are_ordered_as_asked(three: Caller) -> None:
    rows = three.rows("Invoices", order="Status ASC, Date DESC")
    assert numbers(rows) == ["N-2", "N-1", "N-3"]
    assert three.get("Invoices", order="Nonsense").status_code == 400
    assert three.get("Invoices", order="Date SIDEWAYS").status_code == 400


def test_only_what_changed_after_the_second_is_listed(xero: Caller) -> None:
    with time_machine.travel(START + 0.5, tick=False) as clock:
        xero.use(xero.control("sign_in")["access_token"])
        xero.control("edit_contact", contact="Mara Quill", FirstName="M.")
        clock.shift(1)
        xero.control("edit_contact", contact="David Smith", FirstName="D.")
        same, before = "2027-01-15T08:00:00", "2027-01-15T07:59:59"
        names = [row["Name"] for row in xero.rows("Contacts", since=same)]
        assert names == ["David Smith"]
        assert len(xero.rows("Contacts", since=before)) == 2
        xero.control("set_settings", since_inclusive=True)
        assert len(xero.rows("Contacts", since=same)) == 2
        header = "Fri, 15 Jan 2027 08:00:01 GMT"
        assert len(xero.rows("Contacts", since=header)) == 1
        assert xero.rows("Items", since=same) == []


def test_a_time_that_cannot_be_read_is_refused(xero: Caller) -> None:
    assert xero.get("Contacts", since="lately").status_code == 400


def test_a_list_of_too_many_records_is_refused(three: Caller) -> None:
    three.control("set_settings", most_records=2)
    assert three.get("Invoices").status_code == 400
    assert numbers(three.rows("Invoices", Statuses="DRAFT")) == ["N-3"]


def test_json_is_for_those_who_ask_for_it(xero: Caller) -> None:
    del xero.session.headers["Accept"]
    answer = xero.get("Organisation")
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert "<BaseCurrency>NZD</BaseCurrency>" in answer.text


@pytest.mark.parametrize("path", ["Quotes", "Journals", "Items/1/History"])
def test_any_other_address_is_not_found(xero: Caller, path: str) -> None:
    assert xero.get(path).status_code == 404


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{", "application/json"),
        (b'{"Invoices":5}', "application/json"),
        (b"[]", "application/json"),
        (b"<Invoices/>", "application/xml"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    xero: Caller, data: bytes, kind: str
) -> None:
    url = f"{xero.root}/api.xro/2.0/Invoices"
    headers = {"Content-Type": kind}
    answer = xero.session.put(url, data=data, headers=headers, timeout=60)
    assert answer.status_code == 400
    assert answer.json()["Type"] == "PostDataInvalidException"


@pytest.mark.parametrize(("size", "status"), [(3_600_000, 400), (10_100_000, 413)])
def test_a_body_that_is_too_large_is_refused(
    xero: Caller, size: int, status: int
) -> None:
    answer = xero.put("Contacts", {"Name": "x" * size})
    assert answer.status_code == status
