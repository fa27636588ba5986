"""Lists, finds, creates and changes contacts; the name is what makes one the same."""

from collections.abc import Iterable

from connectors.xero.sandbox.batch import write_all, write_one
from connectors.xero.sandbox.contact_fields import brief, read_contact, shown, summary
from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import Answer, Call, Invalid, missing
from connectors.xero.sandbox.listing import Shelf, list_rows
from connectors.xero.sandbox.organisation import Organisation, fresh_id
from connectors.xero.sandbox.validation import Check

ROOT, KEY = "Contacts", "ContactID"
CATEGORY = "CONTACT"
FIELDS = frozenset(
    {
        "ContactID",
        "ContactNumber",
        "AccountNumber",
        "ContactStatus",
        "Name",
        "FirstName",
        "LastName",
        "EmailAddress",
        "CompanyNumber",
        "TaxNumber",
        "DefaultCurrency",
        "IsCustomer",
        "IsSupplier",
        "UpdatedDateUTC",
    }
)
SEARCHED = ("Name", "FirstName", "LastName", "ContactNumber", "EmailAddress")


def list_contacts(call: Call) -> Answer:
    """List contacts; archived ones only with `includeArchived=true`."""
    short = call.flag("summaryOnly")
    shelf = Shelf(
        root=ROOT,
        fields=FIELDS,
        shown=(lambda row: summary(shown(row))) if short else shown,
        brief=brief,
    )
    return list_rows(call, shelf, _chosen(call))


def show_contact(call: Call, id: str) -> Answer:
    """Give one contact by its id or its number."""
    row = call.org.contacts.get(id) or call.org.contact_numbered(id)
    if row is None:
        raise missing()
    return Answer(ROOT, [shown(row)])


def create_contacts(call: Call) -> Answer:
    """Create contacts; a name or number already there is refused."""

    def write(element: Row) -> tuple[Row, list[str]]:
        return shown(save_contact(call.org, None, element)), []

    return write_all(call, ROOT, KEY, write)


def save_contacts(call: Call) -> Answer:
    """Create contacts, or change those found by id, number or name."""

    def write(element: Row) -> tuple[Row, list[str]]:
        held = find_contact(call.org, element)
        return shown(save_contact(call.org, held, element)), []

    return write_all(call, ROOT, KEY, write)


def save_contact_at(call: Call, id: str) -> Answer:
    """Change one contact by the id of its address."""
    held = call.org.contacts.get(id)
    if held is None:
        raise missing()

    def write(element: Row) -> tuple[Row, list[str]]:
        return shown(save_contact(call.org, held, element)), []

    return write_one(call, ROOT, KEY, write)


def find_contact(org: Organisation, element: Row) -> Row | None:
    """Find who is meant: by id, then number, then name.

    Raises `Invalid` for an id nobody has. A name is enough to be taken for somebody
    else: https://xero.uservoice.com/forums/5528-accounting-api/suggestions/40305292
    """
    number, name = element.get("ContactNumber"), element.get("Name")
    if element.get(KEY):
        held = org.contacts.get(str(element[KEY]))
        if held is None:
            raise Invalid("The contact with this ContactID could not be found")
        return held
    found = org.contact_numbered(str(number)) if number else None
    if found is None and name:
        found = org.contact_named(str(name))
    return found


def save_contact(org: Organisation, held: Row | None, element: Row) -> Row:
    """Create a contact, or change `held`; raises `Invalid`.

    Fields that are not sent stay as they are; contact persons are replaced whole.
    """
    check = Check(element)
    changes = read_contact(org, check, held or {})
    name, number = changes.get("Name"), changes.get("ContactNumber")
    if held is None and not name:
        check.say("The contact name must be given")
    other = org.contact_named(name) if name else None
    if other is not None and other is not held:
        check.say(
            f"The contact name {name} is already assigned to another contact. "
            "It must be unique across all active contacts"
        )
    other = org.contact_numbered(number) if number else None
    if other is not None and other is not held:
        check.say(f"The contact number {number} is already in use")
    check.end()
    row = {KEY: fresh_id(), "ContactStatus": "ACTIVE"} if held is None else held
    row |= changes
    org.contacts[row[KEY]] = row
    org.touch(row, CATEGORY, new=held is None)
    return row


def _chosen(call: Call) -> Iterable[Row]:
    archived, ids = call.flag("includeArchived"), set(call.several("IDs"))
    term = call.query.get("searchTerm", "").casefold()
    for row in call.org.contacts.values():
        if row["ContactStatus"] != "ACTIVE" and not archived:
            continue
        if ids and row[KEY] not in ids:
            continue
        texts = (str(row.get(field) or "").casefold() for field in SEARCHED)
        if not term or any(term in text for text in texts):
            yield row
