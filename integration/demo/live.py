"""After the play: the day goes on, with small changes and sales, until Ctrl-C."""

from __future__ import annotations

import random
import time

from integration.contract.messages import Changed
from integration.demo.play import Play
from integration.demo.progress import standing
from integration.engine.selection import ask
from integration.jobs import bell

# Seconds between two events of the day.
PAUSE = 8


def go_on(play: Play) -> None:
    """Sell something, change a price, and say where things stand."""
    play.teller.title("The day goes on; Ctrl-C ends it")
    chance = random.Random()  # noqa: S311  a day like any other
    products = play.crystal.products()
    while True:
        if play.shopping is not None and chance.random() < 0.6:
            for number in play.shopping.buy(1):
                play.teller.say(f"Order {number} was placed in the shop.")
        else:
            _reprice(play, chance.choice(products)["id"], chance.randrange(5, 500))
        time.sleep(PAUSE)
        play.teller.say(standing(play.tenant))


def _reprice(play: Play, product: str, price: int) -> None:
    play.sandbox.ask("crystal", "product", {"id": product, "price": price + 0.9})
    play.teller.say(f"Crystal sells {product} for {price}.90 from now on.")
    ask(play.source, "products", Changed(), cause="manual")
    bell.ring()
