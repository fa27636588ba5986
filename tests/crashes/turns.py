"""The days of a back office that is asked again for what it has shown long ago."""

from __future__ import annotations

from datetime import timedelta

from tests.crashes import steps
from tests.jobs.merchant import Merchant, work_through

# More than a turn of the rotation.
DAYS = timedelta(days=1)
# Absences that make a ghost of a product.
ABSENCES = 2


def turns(merchant: Merchant) -> None:
    """A product is no longer answered for, leaves the shop, and comes back."""
    from integration.contract.messages import Everything
    from integration.engine.selection import ask

    merchant.control("crystal", "settings", single=True)
    crystal, shop = steps.both(merchant)
    crystal.settings["single_product"] = True
    crystal.save(update_fields=["settings"])
    steps.first_sync(merchant, crystal, shop)
    ghost = max(merchant.shop_products())
    merchant.control("crystal", "hide", ids=[ghost])
    for _ in range(ABSENCES):
        _next_turn()
    merchant.control("crystal", "show", ids=[ghost])
    ask(crystal, "products", Everything(), cause="manual")
    steps.bought(merchant, sorted(merchant.shop_products())[2], "in between")
    steps.polled(shop)


def _next_turn() -> None:
    """The oldest rows are looked at again."""
    from django.utils import timezone

    from integration.models import Cursor

    looked = Cursor.everywhere.filter(stream="products")
    looked.update(rotated_at=timezone.now() - DAYS)
    work_through()
