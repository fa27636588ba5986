"""The second play's last act: an account is archived, and sales wait for another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from integration.demo import count_trade, home, mailbox, todo
from integration.models import Delivery, DeliveryState

if TYPE_CHECKING:
    from integration.demo.trade import Trade

# Orders that nobody can book at first, and tries of them that are waited for.
ORDERS, TRIES = 6, 3
# What Xero says of such an account, and so the mail.
ABOUT = "archived"
WAITING = (
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.REFUSED,
    DeliveryState.GAVE_UP,
)


def play(trade: Trade) -> None:
    """Archive the account, sell, wait for mail and tries, pair another, count."""
    trade.teller.title("Somebody archives the account that goods are booked on")
    trade.sandbox.ask(
        "xero",
        "archive_account",
        {"organisation": trade.xero.organisation, "code": todo.GOODS},
    )
    known = _mails(trade)
    placed = trade.buy(ORDERS)
    _tried(trade, 1)
    _told(trade, known)
    _tried(trade, TRIES)
    bought = {number: trade.buyers.placed[number] for number in placed}
    before = count_trade.invoices(trade.xero, bought).posted
    trade.figures.refused = len(bought) - before
    trade.teller.say(f"{before} of these {len(bought)} are invoices in Xero.")
    again = todo.pair_goods_anew((trade.invoices, trade.refunds))
    trade.teller.say(f"Goods are booked on {todo.OTHER_GOODS} now: {again} go again.")
    trade.arrive()
    after = count_trade.invoices(trade.xero, bought).posted
    trade.figures.invoices_recovered = after - before


def _tried(trade: Trade, times: int) -> None:
    """Until every invoice of these orders was refused so often."""
    trade.teller.until(
        lambda: _refused(trade) == ORDERS and _tries(trade) >= times,
        lambda: f"Invoices refused: {_refused(trade)}. Tries of each: {_tries(trade)}.",
    )


def _told(trade: Trade, known: Sequence[str]) -> None:
    """Until a mail tells of the account, beside those that are known already."""

    def look() -> tuple[bool, str]:
        new = _mails(trade)[len(known) :]
        told = "; ".join(f"Mail to {trade.email}: {subject}" for subject in new)
        return any(ABOUT in subject for subject in new), told or "No mail yet."

    trade.teller.watch(look)


def _mails(trade: Trade) -> list[str]:
    return mailbox.subjects(home.home() / "mail", trade.email)


def _refused(trade: Trade) -> int:
    return len(_attempts(trade))


def _tries(trade: Trade) -> int:
    return min(_attempts(trade), default=0)


def _attempts(trade: Trade) -> list[int]:
    """How often each invoice was tried that was refused and is not there yet."""
    waiting = Delivery.objects.for_tenant(trade.tenant).filter(
        route=trade.invoices,
        kind=trade.invoices.writes,
        state__in=WAITING,
        attempts__gt=0,
    )
    return list(waiting.values_list("attempts", flat=True))
