"""What a shop gives back is credited in the books, against the invoice."""

from __future__ import annotations

from decimal import Decimal

from tests.bookkeeping import Books


def test_it_follows_its_invoice(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", "payment", "refund")
    order = books.buy("CUP-1")
    books.shop_front.do("refund", id=order["id"], amount="5.00", reason="Broken")
    books.road.later(hours=2)
    assert books.errors() == []
    [note] = books.xero.ledger("credit_notes")
    assert Decimal(str(note["Total"])) == 5
    assert order["number"] in note["CreditNoteNumber"]
    assert Decimal(str(note["RemainingCredit"])) == 0


def test_a_refund_told_with_its_order_waits_for_the_invoice(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", "payment", "refund")
    books.xero.do("archive_account", code="200")
    order = books.buy("CUP-1")
    books.shop_front.do("refund", id=order["id"], amount="5.00")
    books.road.later(hours=2)
    assert books.xero.ledger("credit_notes") == []
    books.xero.do("restore_account", code="200")
    books.road.later(hours=5)
    assert len(books.invoices()) == 1
    assert len(books.xero.ledger("credit_notes")) == 1
    assert books.errors() == []


def test_a_refund_of_an_order_nobody_invoiced_is_nobody_s_credit_note(
    books: Books,
) -> None:
    books.stock("CUP-1")
    order = books.road.buy("CUP-1")
    books.road.pass_time(hours=1)
    books.open("order", "payment", "refund")
    books.shop_front.do("refund", id=order["id"], amount="5.00")
    books.road.later(hours=2)
    assert books.xero.ledger("credit_notes") == []
    assert books.deliveries("credit_note", "refused", "gave_up") == []
