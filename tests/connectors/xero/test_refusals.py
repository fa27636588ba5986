"""Xero's texts in the merchant's words: who acts next, and on what."""

from __future__ import annotations

import json

import pytest

from connectors.xero.refusals import judge, of_element, of_messages
from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    TooLarge,
    Transient,
    Unknown,
)
from integration.http.reply import Reply

TOLD = [
    (
        "The document date 2026-03-01 is on or before a lock date",
        "period_locked",
        "Date",
    ),
    (
        "The document date cannot be before the end of year lock date, currently set "
        "at 31 Mar 2026",
        "period_locked",
        "Date",
    ),
    ("Invoice # must be unique.", "number_taken", "InvoiceNumber"),
    ("Credit note # must be unique.", "number_taken", "InvoiceNumber"),
    (
        "Account code '201' has been archived, or deleted",
        "account_archived",
        "account.201",
    ),
    (
        "Account code '999' is not a valid code for this document.",
        "account_unfit",
        "account.999",
    ),
    (
        "Account code '404' cannot be used on a sales line",
        "account_unfit",
        "account.404",
    ),
    (
        "TaxType 'INPUT2' cannot be used with account code '200'",
        "tax_not_for_account",
        "tax.INPUT2",
    ),
    (
        "The TaxType code 'OUTPUT9' does not exist or cannot be used",
        "tax_unknown",
        "tax.OUTPUT9",
    ),
    ("The contact Closed Corner Shop is archived", "contact_archived", "Contact"),
    (
        "The contact name Mara Quill is already assigned to another contact. The "
        "contact name must be unique across all active contacts.",
        "name_taken",
        "Name",
    ),
    (
        "Organisation is not subscribed to currency EUR",
        "currency_unknown",
        "currency.EUR",
    ),
    (
        "You have reached the limit of invoices you can approve this month",
        "plan_limit",
        "Status",
    ),
    ("Item code 'NEW' is not valid", "item_unknown", "LineItems"),
    (
        "Payment amount exceeds the amount outstanding on this document",
        "amount_too_high",
        "Amount",
    ),
    ("Payments can only be made on approved documents", "not_approved", "Invoice"),
    ("Something nobody has seen before", "refused_by_xero", ""),
]


@pytest.mark.parametrize(("text", "code", "field"), TOLD, ids=[t[0] for t in TOLD])
def test_a_text_is_told_by_what_it_says(text: str, code: str, field: str) -> None:
    failure = of_messages([text])
    assert isinstance(failure, BadRecord | BadConfig)
    assert (failure.code, failure.field) == (code, field)
    assert text in failure.message
    assert failure.hint or code == "refused_by_xero"


def test_several_texts_are_all_shown_and_the_first_known_one_counts() -> None:
    failure = of_messages(["Odd.", "Invoice # must be unique."])
    assert failure.code == "number_taken"
    assert failure.message == "Odd. Invoice # must be unique."


def test_a_warning_is_no_error() -> None:
    row = {"StatusAttributeString": "WARNING", "Warnings": [{"Message": "Odd rate"}]}
    assert of_element(row) is None
    assert of_element({"StatusAttributeString": "OK", "ValidationErrors": []}) is None
    assert of_element({"StatusAttributeString": "ERROR"}) is not None


def reply(status: int, body: object = "", repeatable: bool = True) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status, {}, text.encode(), "https://api.xero.com/x", repeatable)


@pytest.mark.parametrize(
    ("status", "repeatable", "kind"),
    [
        (401, True, BadCredentials),
        (403, True, BadCredentials),
        (404, True, BadRecord),
        (412, False, BadRecord),
        (413, False, TooLarge),
        (500, True, Transient),
        (500, False, Unknown),
        (503, False, Unknown),
    ],
)
def test_a_status_says_who_acts_next(
    status: int, repeatable: bool, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        judge(reply(status, repeatable=repeatable))


def test_a_refused_call_blames_the_items_in_it_and_never_the_whole_connection() -> None:
    """So that the batch is halved until the culprit stands alone."""
    errors = [{"Message": "Account code '201' has been archived, or deleted"}]
    with pytest.raises(BadRecord) as caught:
        judge(reply(400, {"Elements": [{"ValidationErrors": errors}]}))
    assert caught.value.code == "account_archived"


def test_a_refusal_in_another_shape_is_told_by_its_own_words() -> None:
    with pytest.raises(BadRecord) as caught:
        judge(reply(400, {"ErrorNumber": 16, "Message": "The order cannot be read"}))
    assert caught.value.message == "The order cannot be read"
