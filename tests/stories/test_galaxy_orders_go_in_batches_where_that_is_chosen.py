"""Orders are posted at once, or gathered, as each connection chooses."""

import time

from tests.depot_and_shop import Depot

# Seconds between two batches.
EVERY = 3600


def test_gathered_orders_wait_for_their_batch(pantry: Depot) -> None:
    merchant = pantry.in_step(post_orders="in batches", batch_every=EVERY)
    # A batch has just gone.
    pantry.road.pass_time(seconds=EVERY - time.time() % EVERY + 1)
    code = pantry.plain()[0]["Code"]
    pantry.buy({code: 1})
    pantry.buy({code: 2})
    pantry.road.read(merchant.shop, "orders")
    pantry.wait(minutes=1)
    assert pantry.entries() == []
    pantry.wait(minutes=40)
    pantry.wait(minutes=40)
    assert len(pantry.entries()) == 2
