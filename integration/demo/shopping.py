"""Customers who buy: orders placed through the shop's own REST API."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from integration.demo.outside import Shop

Json = Any

PEOPLE = (
    ("Ελένη", "Παπαδοπούλου", "Αθήνα", "10558", "GR"),
    ("Γιώργος", "Νικολαΐδης", "Θεσσαλονίκη", "54624", "GR"),
    ("Åsa", "Öberg", "Göteborg", "411 24", "SE"),
    ("Björn", "Ängström", "Malmö", "211 20", "SE"),
    ("Siobhán", "O'Neill", "Cork", "T12 W8KN", "IE"),
    ("Ann", "Smith & Sons", "Leeds", "LS1 4AP", "GB"),
)
# A sale must not empty a shelf: what is sold out meanwhile is another story.
PLENTY = 10


class Shopping:
    """Places orders one by one; `placed` are their numbers, in that order."""

    def __init__(self, shop: Shop, products: Sequence[Json], seed: int = 7) -> None:
        self.shop = shop
        self.goods = [
            product
            for product in products
            if product["status"] == "publish"
            and product["purchasable"]
            and (product["stock_quantity"] or 0) >= PLENTY
        ]
        self.chance = random.Random(seed)  # noqa: S311  the same shoppers every time
        self.placed: list[str] = []

    def buy(self, count: int) -> Iterator[str]:
        """Place `count` orders; the number of each as soon as the shop has it."""
        for _ in range(count):
            answer = self.shop.buy(self._order())
            self.placed.append(str(answer["number"]))
            yield self.placed[-1]

    def _order(self) -> Json:
        person = self.chance.choice(PEOPLE)
        goods = self.chance.sample(self.goods, self.chance.choice((1, 1, 2, 3)))
        return {
            "set_paid": True,
            "payment_method": "bacs",
            "payment_method_title": "Bank transfer",
            "billing": _address(person, self.chance.randrange(1, 1_000)),
            "line_items": [
                {"product_id": product["id"], "quantity": 1} for product in goods
            ],
            "shipping_lines": [
                {
                    "method_id": "flat_rate",
                    "method_title": "Flat rate",
                    "total": self.chance.choice(("0.00", "4.90", "7.50")),
                }
            ],
        }


def _address(person: tuple[str, str, str, str, str], number: int) -> Json:
    first, last, city, postcode, country = person
    return {
        "first_name": first,
        "last_name": last,
        "address_1": f"Main street {number}",
        "city": city,
        "postcode": postcode,
        "country": country,
        "email": f"shopper{number}@example.com",
        "phone": "+30 210 0000000",
    }
