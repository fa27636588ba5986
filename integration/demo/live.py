"""After the play: the day goes on, with small changes and sales, until Ctrl-C."""

from __future__ import annotations

import random
from typing import Any

from integration.contract.messages import Changed
from integration.demo.play import Play
from integration.demo.progress import standing
from integration.demo.trade import Trade
from integration.engine.selection import ask
from integration.jobs import bell
from integration.models import Connection

Json = Any

# Seconds between two events of the day.
PAUSE = 8


def go_on(play: Play, trade: Trade) -> None:
    """Sell something, change a price, and say where things stand, for both."""
    teller = play.teller
    teller.title("The day goes on; Ctrl-C ends it")
    chance = random.Random()  # noqa: S311  a day like any other
    products, items = play.crystal.products(), trade.galaxy.rows("items")
    while True:
        sells = chance.random() < 0.6
        if sells and play.shopping is not None:
            for number in play.shopping.buy(1):
                teller.say(f"Order {number} was placed in the shop.")
        else:
            _reprice(play, chance.choice(products)["id"], chance.randrange(5, 500))
        if sells:
            trade.buy(1)
        else:
            _reprice_item(trade, chance.choice(items), chance.randrange(5, 500))
        teller.rest(PAUSE)
        teller.say(f"First merchant: {standing(play.tenant)}.")
        teller.say(f"Second merchant: {standing(trade.tenant)}.")


def _reprice(play: Play, product: str, price: int) -> None:
    play.sandbox.ask("crystal", "product", {"id": product, "price": price + 0.9})
    play.teller.say(f"Crystal sells {product} for {price}.90 from now on.")
    _look(play.source, "products")


def _reprice_item(trade: Trade, item: Json, price: int) -> None:
    sent = {"id": item["ID"], "price": f"{price}.90"}
    trade.sandbox.ask("galaxy", "change_price", sent)
    trade.teller.say(f"Galaxy sells {item['Code']} for {price}.90 from now on.")
    _look(trade.source, "items")


def _look(connection: Connection, stream: str) -> None:
    ask(connection, stream, Changed(), cause="manual")
    bell.ring()
