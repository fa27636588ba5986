"""The words a merchant pairs with Xero's: taxes, accounts and ways of paying."""

from __future__ import annotations

from collections.abc import Iterator

from integration.canonical.record import Record
from integration.canonical.sales import LineType, OrderLine
from integration.canonical.shop import Entry
from integration.contract.connector import Vocabulary
from integration.contract.context import Context
from integration.errors import BadConfig, Unpaired

TAX, ACCOUNT, PAYMENT = "tax", "account", "payment"
ACCOUNTS, TAX_RATES = "accounts", "tax_rates"
# A line without tax, and one with tax whose shop has no word for it.
UNTAXED, TAXED = "untaxed", "taxed"
# A payment whose shop does not say how it was made.
UNNAMED = "unnamed"
REVENUE = frozenset({"REVENUE", "SALES", "OTHERINCOME"})
ROUNDING, NO_TAX = "ROUNDING", "NONE"

LINES = {
    LineType.GOODS: "goods",
    LineType.SHIPPING: "shipping",
    LineType.FEE: "fees",
    LineType.DISCOUNT: "discounts",
}


def tax_word(line: OrderLine) -> str:
    """The shop's word for how a line is taxed, never empty."""
    return line.tax_code or (TAXED if line.tax else UNTAXED)


def taxes_of(record: Record) -> Iterator[tuple[str, str]]:
    """The tax words of a sale."""
    for line in getattr(record, "lines", ()):
        word = tax_word(line)
        called = {UNTAXED: "without tax", TAXED: "with tax"}.get(word, word)
        yield word, called


def line_types_of(record: Record) -> Iterator[tuple[str, str]]:
    """What the lines of a sale stand for."""
    for line in getattr(record, "lines", ()):
        yield str(line.type), LINES[line.type]


def methods_of(record: Record) -> Iterator[tuple[str, str]]:
    """How a payment was made, or a refund paid back."""
    if hasattr(record, "method"):
        word = str(record.method) or UNNAMED
        yield word, "not named by the shop" if word == UNNAMED else word


def takes_sales(entry: Entry) -> bool:
    """Whether an account is for revenue and in use."""
    return entry.active and bool(entry.code) and entry.data.get("type") in REVENUE


def takes_payments(entry: Entry) -> bool:
    """Whether money may land on an account."""
    paid = entry.data.get("type") == "BANK" or bool(entry.data.get("payments"))
    return entry.active and paid


def taxes_sales(entry: Entry) -> bool:
    """Whether a tax rate may stand on a sale."""
    return entry.active and entry.data.get("revenue") is not False


TAXES = Vocabulary(
    key=TAX,
    label="Tax rates",
    table=TAX_RATES,
    words=taxes_of,
    fits=taxes_sales,
    help="The shop's tax on a line, and the tax rate it is booked under. The amount is "
    "always the shop's.",
)
SALES = Vocabulary(
    key=ACCOUNT,
    label="Accounts for sales",
    table=ACCOUNTS,
    words=line_types_of,
    fits=takes_sales,
    setting="sales_account",
    help="Where goods, shipping, fees and discounts are booked.",
)
METHODS = Vocabulary(
    key=PAYMENT,
    label="Accounts for payments",
    table=ACCOUNTS,
    words=methods_of,
    fits=takes_payments,
    setting="payment_account",
    help="Where the money of each way of paying lands.",
)


def tax_type(word: str, context: Context) -> str:
    """Xero's tax type for a word. Unpaired where nobody has said."""
    chosen = context.pair(TAX, word)
    entry = entry_of(TAX_RATES, chosen, context)
    return entry.code if entry else chosen


def sales_account(line: OrderLine, context: Context) -> str:
    """The code of the account a line is booked on.

    Unpaired where there is neither a pair nor a setting. An archived account is for
    Xero to refuse: it may have been restored since the list was read.
    """
    word, called = str(line.type), LINES[line.type]
    chosen = paired(ACCOUNT, word, called, "sales_account", context)
    entry = entry_of(ACCOUNTS, chosen, context)
    return entry.code if entry else chosen


def payment_account(method: str, context: Context) -> dict[str, str]:
    """The account money lands on, as Xero takes it: by id, else by code."""
    word = method or UNNAMED
    chosen = paired(PAYMENT, word, word, "payment_account", context)
    entry = entry_of(ACCOUNTS, chosen, context)
    return {"AccountID": entry.external_id} if entry else {"Code": chosen}


def rounding(context: Context) -> tuple[str, str]:
    """The account differences of a cent go to, and the tax type they are free under.

    That of untaxed lines where it is paired, else the account's own. BadConfig where no
    account is known.
    """
    entry, code = _rounding_account(context)
    own = str(entry.data.get("tax") or "") if entry else ""
    paired_with = context.pairs.get(TAX, {}).get(UNTAXED, "")
    return code, paired_with or own or NO_TAX


def _rounding_account(context: Context) -> tuple[Entry | None, str]:
    chosen = str(context.setting("rounding_account") or "")
    if chosen:
        entry = entry_of(ACCOUNTS, chosen, context)
        return entry, entry.code if entry else chosen
    table = context.lookups.get(ACCOUNTS)
    for entry in table.by_id.values() if table else ():
        if entry.data.get("system") == ROUNDING and entry.code:
            return entry, entry.code
    raise BadConfig(
        "rounding_account",
        "Lines do not add up to the total to the cent, and Xero's account for rounding "
        "is not known.",
        hint="Read the lists of the connection again, or enter an account.",
    )


def paired(
    vocabulary: str, word: str, called: str, setting: str, context: Context
) -> str:
    """The pair of a word, else what a setting says for all of them."""
    try:
        return context.pair(vocabulary, word, called)
    except Unpaired:
        chosen = str(context.setting(setting) or "")
        if not chosen:
            raise
        return chosen


def entry_of(table: str, chosen: str, context: Context) -> Entry | None:
    """What a pair or setting names, by id or by code; None where it is not listed."""
    listed = context.lookups.get(table)
    found = listed.by_id.get(chosen) if listed else None
    return found or context.coded(table, chosen)
