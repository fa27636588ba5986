"""Problems of orders, invoices, payments and refunds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from synclog.catalogue.entry import (
    AT_SOURCE,
    NEVER_TWICE,
    ON_CHANGE,
    Advice,
    Mend,
)

SALES = {
    "total_differs": Advice(
        _("The totals differ"),
        _("What the lines add up to is not what the buyer paid."),
        _("Look at taxes, fees and discounts; post it by hand if need be."),
        _("Weft never posts a sum that is not the order's."),
    ),
    "may_already_exist": Advice(
        _("It may be there already"),
        _("It was sent and no answer came, or it was taken and has not shown since."),
        _("Look on the platform. If it is there, confirm it; if not, post it again."),
        NEVER_TWICE,
    ),
    "outcome_unknown": Advice(
        _("Nobody knows whether it arrived"),
        _("It was sent, and no answer came back."),
        _("Nothing yet."),
        _("Weft looks whether it is there before it sends it again."),
    ),
    "undone_after_sending": Advice(
        _("The sale was undone after it was sent"),
        _("The order was cancelled or refunded when it had been posted already."),
        _("Undo it on the other side by hand, then mark this as solved."),
        NEVER_TWICE,
    ),
    "order_already_sent": Advice(
        _("The order was sent already"),
        _("The target takes no change of an order it has."),
        _("Change it there by hand, then mark this as solved."),
        NEVER_TWICE,
    ),
    "order_refused": Advice(
        _("The order was refused"),
        _("The back office read the order and said no; its words stand below."),
        _("Correct what it names, then try again."),
        ON_CHANGE,
    ),
    "already_booked": Advice(
        _("It is booked already"),
        _("The document is approved or paid, and is not changed any more."),
        _("Correct it in the books by hand, then mark this as solved."),
        NEVER_TWICE,
    ),
    "number_taken": Advice(
        _("The document's number is taken"),
        _("Another document in the books has this number."),
        _("Set a prefix for the numbers of this shop on the connection."),
        ON_CHANGE,
        Mend.CONNECTION,
    ),
    "period_locked": Advice(
        _("The period is locked"),
        _("The books are closed for the date of this document."),
        _("Move the lock date, or post it by hand with another date."),
        _("Weft tries again for a while, then waits for you."),
    ),
    "amount_too_high": Advice(
        _("The amount is too high"),
        _("Less is open on the document than this amount."),
        _("Look whether it was paid or credited in the books by hand."),
        NEVER_TWICE,
    ),
    "not_approved": Advice(
        _("The invoice is not approved"),
        _("Only an approved invoice takes payments."),
        _("Approve it in the books, or let Weft post invoices as approved."),
        _("Weft tries again for a while, then waits for you."),
        Mend.CONNECTION,
    ),
    "contact_archived": Advice(
        _("The contact is archived"),
        _("The buyer's contact in the books was archived."),
        _("Restore the contact, or link another one."),
        ON_CHANGE,
    ),
    "contact_unknown": Advice(
        _("The contact is unknown"),
        _("The buyer's contact is not in the books."),
        _("Link the customer to a contact that is there, or send it again."),
        ON_CHANGE,
    ),
    "item_unknown": Advice(
        _("A product of it is unknown"),
        _("A line names a product that the books do not have."),
        _("Send the product first, or post lines without items."),
        ON_CHANGE,
    ),
    "no_crystal_product": Advice(
        _("A product of it is unknown"),
        _("A line of the order is for something the back office does not sell."),
        _("Link that product, or enter the order by hand."),
        _("Once the product is linked, Weft sends the order."),
    ),
    "no_item": Advice(
        _("A product of it is unknown"),
        _("A line of the order is for something the target does not sell."),
        _("Link that product, or enter the order by hand."),
        _("Once the product is linked, Weft sends the order."),
    ),
    "no_goods": Advice(
        _("The order has no goods"),
        _("No line of the order is for anything that is sold."),
        _("Look at the order in the shop, or ignore the problem."),
        ON_CHANGE,
    ),
    "no_customer": Advice(
        _("The order has no buyer"),
        _("The target needs a customer for every order."),
        _("Link the buyer, or set an account for guests on the connection."),
        _("Once there is one, Weft sends the order."),
        Mend.CONNECTION,
    ),
    "no_trader": Advice(
        _("The customer has no account there"),
        _("The person is known on the target, and no account that may buy."),
        _("Make the account there, or link the customer to another."),
        ON_CHANGE,
    ),
    "other_currency": Advice(
        _("The order is in another currency"),
        _("The target keeps accounts in one currency, and the order is in another."),
        _("Enter the order by hand, or ignore the problem."),
        ON_CHANGE,
    ),
    "refused_by_xero": Advice(
        _("The books refused it"),
        _("The bookkeeping read it and said no; its own words stand below."),
        AT_SOURCE,
        ON_CHANGE,
    ),
}
