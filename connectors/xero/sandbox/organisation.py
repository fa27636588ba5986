"""Holds everything one organisation knows, in memory, and says what changes in it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

from connectors.xero.sandbox.dates import Row, now
from connectors.xero.sandbox.settings import Settings

Tell = Callable[["Organisation", str, str, str], None]
"""Called with the organisation, a category, CREATE or UPDATE, and an id."""

GONE = frozenset({"DELETED", "VOIDED"})
SALES = "ACCREC"


class Organisation:
    """One organisation; `facts` is its row as GET /Organisation shows it."""

    def __init__(self, facts: Row, zone: str, settings: Settings, tell: Tell) -> None:
        self.facts = facts
        self.id: str = facts["OrganisationID"]
        self.name: str = facts["Name"]
        self.zone = ZoneInfo(zone)
        self.settings = settings
        self._tell = tell
        self.accounts: dict[str, Row] = {}
        self.tax_rates: dict[str, Row] = {}
        self.tracking: list[Row] = []
        self.currencies: dict[str, Row] = {}
        self.rates: dict[str, Decimal] = {}
        self.themes: list[Row] = []
        self.items: dict[str, Row] = {}
        self.contacts: dict[str, Row] = {}
        self.invoices: dict[str, Row] = {}
        self.credit_notes: dict[str, Row] = {}
        self.payments: dict[str, Row] = {}
        self._paid: defaultdict[str, list[Row]] = defaultdict(list)
        self._allocated: defaultdict[str, list[Row]] = defaultdict(list)

    @property
    def currency(self) -> str:
        """The base currency."""
        return str(self.facts["BaseCurrency"])

    def today(self) -> date:
        """Give the calendar date where the organisation is."""
        return now().astimezone(self.zone).date()

    def touch(self, row: Row, category: str = "", new: bool = False) -> datetime:
        """Stamp a row as changed now and tell of it, if its category is told of."""
        row["UpdatedDateUTC"] = now()
        if category:
            key = {"CONTACT": "ContactID", "INVOICE": "InvoiceID"}.get(
                category, "CreditNoteID"
            )
            self._tell(self, category, "CREATE" if new else "UPDATE", row[key])
        stamp: datetime = row["UpdatedDateUTC"]
        return stamp

    def is_locked(self, day: date) -> bool:
        """Tell whether nothing may be booked on a day any more."""
        locks = (self.facts.get("PeriodLockDate"), self.facts.get("EndOfYearLockDate"))
        return any(lock and day <= lock for lock in locks)

    def account(self, code: str) -> Row | None:
        """Find an account by its code, or by its id."""
        if code in self.accounts:
            return self.accounts[code]
        found = (row for row in self.accounts.values() if row.get("Code") == code)
        return next(found, None)

    def item(self, code: str) -> Row | None:
        """Find an item by its code."""
        found = (row for row in self.items.values() if row["Code"] == code)
        return next(found, None)

    def contact_named(self, name: str) -> Row | None:
        """Find the active contact of a name; case does not matter."""
        wanted = name.strip().casefold()
        for row in self.contacts.values():
            if row["ContactStatus"] == "ACTIVE" and row["Name"].casefold() == wanted:
                return row
        return None

    def contact_numbered(self, number: str) -> Row | None:
        """Find a contact by the number a client gave it."""
        found = (r for r in self.contacts.values() if r.get("ContactNumber") == number)
        return next(found, None)

    def invoices_numbered(self, number: str) -> Iterator[Row]:
        """Find the sales invoices of a number that are neither deleted nor voided."""
        for row in self.invoices.values():
            if (
                row["InvoiceNumber"] == number
                and row["Type"] == SALES
                and row["Status"] not in GONE
            ):
                yield row

    def credit_note_numbered(self, number: str) -> Row | None:
        """Find the credit note of a number that is neither deleted nor voided."""
        for row in self.credit_notes.values():
            if row["CreditNoteNumber"] == number and row["Status"] not in GONE:
                return row
        return None

    def add_payment(self, row: Row, document: str) -> None:
        """Keep a payment on the invoice or credit note with an id."""
        self.payments[row["PaymentID"]] = row
        self._paid[document].append(row)

    def add_allocation(self, row: Row) -> None:
        """Keep what a credit note gives to an invoice."""
        self._allocated[row["InvoiceID"]].append(row)
        self._allocated[row["CreditNoteID"]].append(row)

    def paid_on(self, document: str) -> list[Row]:
        """List the standing payments of an invoice or credit note, by its id."""
        rows = self._paid.get(document, [])
        return [row for row in rows if row["Status"] != "DELETED"]

    def allocated(self, document: str) -> list[Row]:
        """List the allocations to an invoice or of a credit note, by its id."""
        return self._allocated.get(document, [])


def fresh_id() -> str:
    """Give an id nothing has yet."""
    return str(uuid4())
