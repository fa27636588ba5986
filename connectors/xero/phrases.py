"""What Xero's texts say: they have no codes, so they are told by their words.

https://developer.xero.com/documentation/api/accounting/responsecodes
"""

from __future__ import annotations

import re
from typing import NamedTuple

NUMBER_TAKEN, NAME_TAKEN = "number_taken", "name_taken"


class Words(NamedTuple):
    """A refusal told by its text: its code, the field it is about, what to do.

    `config` refusals are mended on the connection or the route, not on the item.
    """

    pattern: str
    code: str
    field: str
    hint: str
    config: bool = False


# The first that fits counts.
TABLE = (
    Words(
        r"lock date",
        "period_locked",
        "Date",
        "The period is locked: move the lock date in Xero, or post it by hand with "
        "another date.",
    ),
    Words(
        r"(?:invoice|credit ?note) (?:#|number).*(?:unique|already)",
        NUMBER_TAKEN,
        "InvoiceNumber",
        "Another document there has this number: set a prefix for the numbers of "
        "this shop.",
    ),
    Words(
        r"account (?:code )?'?(?P<word>[\w.-]*)'? .*(?:archived|deleted)",
        "account_archived",
        "account",
        "Restore the account in Xero, or pair another one on the route.",
        config=True,
    ),
    Words(
        r"tax ?type '?(?P<word>[\w.-]*)'? cannot be used with",
        "tax_not_for_account",
        "tax",
        "Pair a tax rate that fits the account, or another account.",
        config=True,
    ),
    Words(
        r"tax ?type.*?'(?P<word>[\w.-]*)'",
        "tax_unknown",
        "tax",
        "Read the tax rates again and pair one that is in use.",
        config=True,
    ),
    Words(
        r"account (?:code )?'?(?P<word>[\w.-]*)'?.*"
        r"(?:not (?:a )?valid|cannot be used|does not take payments)",
        "account_unfit",
        "account",
        "Pair an account that can be used here: sales need one for revenue, payments "
        "a bank account or one that takes payments.",
        config=True,
    ),
    Words(
        r"account could not be found",
        "account_unfit",
        "account",
        "Read the accounts again and pair one that is in use.",
        config=True,
    ),
    Words(
        r"(?:contact name|name) .*(?:already|unique)",
        NAME_TAKEN,
        "Name",
        "Another contact has this name: link the right one, or change one of the two.",
    ),
    Words(
        r"contact.*archived",
        "contact_archived",
        "Contact",
        "Restore the contact in Xero, or link another one.",
    ),
    Words(
        r"contact.*(?:could not be found|does not exist|must be given)",
        "contact_unknown",
        "Contact",
        "Link the customer to a contact that is there, or send it again.",
    ),
    Words(
        r"not subscribed to currency (?P<word>\w*)",
        "currency_unknown",
        "currency",
        "Add the currency in Xero's settings; multi-currency belongs to its larger "
        "plans.",
        config=True,
    ),
    Words(
        r"limit.*invoices|invoices?.*limit",
        "plan_limit",
        "Status",
        "The organisation's plan approves only so many invoices a month: raise the "
        "plan, or post invoices as drafts.",
        config=True,
    ),
    Words(
        r"item code '?(?P<word>[^']*)'? is not valid",
        "item_unknown",
        "LineItems",
        "Send the product to Xero first, or post lines without items.",
    ),
    Words(
        r"item code .*already",
        "code_taken",
        "Code",
        "Another item has this code: give one of the two another SKU.",
    ),
    Words(
        r"amount (?:is more than|exceeds)",
        "amount_too_high",
        "Amount",
        "Less is open on the document than this amount: look whether it was paid or "
        "credited there by hand.",
    ),
    Words(
        r"(?:approved|authorised) documents|not of valid status",
        "not_approved",
        "Invoice",
        "Only an approved invoice takes payments: approve it in Xero, or let Weft post "
        "invoices as AUTHORISED.",
    ),
    Words(
        r"e-?mail address .*not valid",
        "email_invalid",
        "EmailAddress",
        "Correct the e-mail address in the shop.",
    ),
)
_PATTERNS = [(re.compile(words.pattern, re.IGNORECASE), words) for words in TABLE]


def known(message: str) -> tuple[Words, str] | None:
    """What a text says and the word it names, such as an account's code; None for one
    that nobody has seen yet."""
    for pattern, words in _PATTERNS:
        found = pattern.search(message)
        if found:
            return words, found.groupdict().get("word") or ""
    return None
