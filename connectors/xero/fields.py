"""What a connection to Xero asks for: how to sign in, and how sales are booked."""

from __future__ import annotations

from typing import Any

from connectors.xero.client import BASE_URL, PAGE_SIZE
from connectors.xero.oauth import CONSENT, CUSTOM, IDENTITY_URL, LOGIN_URL
from integration.contract.connector import Field

STATUSES = ("AUTHORISED", "DRAFT", "SUBMITTED")
EXCLUSIVE, INCLUSIVE = "exclusive", "inclusive"
CREDIT_NOTE_PREFIX = "CN-"
DUE_DAYS = 14


def _given(
    name: str,
    label: str,
    default: Any = "",
    type: str = "text",
    help: str = "",
    choices: tuple[str, ...] = (),
) -> Field:
    """A setting that works as it is."""
    return Field(
        name=name,
        label=label,
        default=default,
        type=type,
        help=help,
        choices=choices,
        required=False,
    )


# What a route may set in place of the connection's own.
BOOKING = (
    _given(
        "invoice_status",
        "Invoices are posted as",
        "AUTHORISED",
        "choice",
        "AUTHORISED: approved at once, so they count and take payments. DRAFT: nothing "
        "is booked until a person approves each in Xero; payments wait. SUBMITTED: the "
        "same, and they lie among those that await approval.",
        STATUSES,
    ),
    _given(
        "invoice_prefix",
        "Prefix of invoice numbers",
        help="Goes before the order's number, such as WEB-1001. Numbers are unique in "
        "Xero: where two shops count alike, give each its own.",
    ),
    _given(
        "credit_note_prefix",
        "Prefix of credit note numbers",
        CREDIT_NOTE_PREFIX,
        help="Goes before the refund's number.",
    ),
    _given(
        "due_days",
        "Due after (days)",
        DUE_DAYS,
        "int",
        "Where the shop does not say when an invoice is due.",
    ),
    _given(
        "amounts",
        "Amounts on lines",
        EXCLUSIVE,
        "choice",
        "exclusive: lines are without tax and tax stands below them. inclusive: lines "
        "hold their tax. Total and tax are those of the shop either way.",
        (EXCLUSIVE, INCLUSIVE),
    ),
    _given(
        "send_contact_data",
        "Send the buyer's data with an invoice",
        False,
        "bool",
        "Off: an invoice names its contact and nothing else; what you keep on the "
        "contact in Xero stays. On: name, e-mail, phone and addresses of the order "
        "replace what the contact has there, and contact persons are lost.",
    ),
    _given(
        "guest_contact",
        "Contact for guests",
        help="Name or id of the one contact that invoices go to where the buyer has "
        "none and the route says so, or where an order names nobody. A name that is "
        "not there is made.",
    ),
    _given(
        "use_items",
        "Lines name items",
        True,
        "bool",
        "On: a line names the item of its product, which is made first if need be. "
        "Off: lines are text alone, and no items are needed.",
    ),
    _given(
        "sales_account",
        "Account for sales",
        help="Code of the revenue account for every kind of line without a pair of its "
        "own.",
    ),
    _given(
        "payment_account",
        "Account for payments",
        help="Code or id of the account that money lands on, for every payment method "
        "without a pair of its own.",
    ),
    _given(
        "rounding_account",
        "Account for rounding",
        help="Code of the account that takes differences of a cent. Empty: Xero's own "
        "rounding account.",
    ),
    _given(
        "tracking_category",
        "Tracking category",
        help="Name of a tracking category every line is filed under.",
    ),
    _given(
        "tracking_option", "Tracking option", help="The option within that category."
    ),
    _given(
        "branding_theme",
        "Branding theme",
        help="Name of the theme invoices are printed with. Empty: Xero's default.",
    ),
)

FIELDS = (
    _given(
        "sign_in",
        "Sign in by",
        CONSENT,
        "choice",
        "oauth: a person signs in at Xero and chooses the organisation. custom "
        "connection: one organisation pays Xero monthly for a connection of its own "
        "(Australia, New Zealand, United Kingdom, United States).",
        (CONSENT, CUSTOM),
    ),
    _given(
        "organisation",
        "Organisation",
        help="Filled in when you sign in. A custom connection needs its id only to be "
        "told of changes at once.",
    ),
    _given(
        "client_id",
        "Client id",
        help="Of a custom connection, from its page at developer.xero.com.",
    ),
    Field(
        name="client_secret",
        label="Client secret",
        type="secret",
        required=False,
        help="Of a custom connection, shown once beside the client id.",
    ),
    _given(
        "calls_per_day",
        "Calls per day",
        1000,
        "int",
        "1,000 on Xero's Starter tier, 5,000 on all others.",
    ),
    _given("calls_per_minute", "Calls per minute", 60, "int"),
    _given(
        "time_zone",
        "Time zone",
        help="Such as Pacific/Auckland. Empty: the organisation's own.",
    ),
    *BOOKING,
    _given(
        "tracked_items",
        "Lines name items whose stock Xero counts",
        False,
        "bool",
        "Off: such lines go without the item, so Xero's own stock and cost stay as "
        "they are. On: they take from Xero's stock, and a sale of more than there is "
        "may be refused.",
    ),
    _given("page_size", "Rows per page", PAGE_SIZE, "int", "At most 1,000."),
    _given("base_url", "API address", BASE_URL, "url"),
    _given("login_url", "Sign-in address", LOGIN_URL, "url"),
    _given("identity_url", "Token address", IDENTITY_URL, "url"),
)
