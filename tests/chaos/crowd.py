"""A shop's goods and its many buyers, some with an account and some without."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from tests.jobs.merchant import Merchant

GOODS = 40
WAVE = 25
FIRST = ("Ann", "Bo", "Cleo", "Dan", "Eva", "Finn", "Gro", "Hal", "Ida", "Jon")
LAST = ("Ek", "Berg", "Dahl", "Lund", "Moe", "Ness", "Rask", "Sund", "Tveit", "Vik")
NELSON = {
    "address_1": "Main street 1",
    "city": "Nelson",
    "postcode": "7010",
    "country": "NZ",
}


class Crowd(threading.Thread):
    """Orders in waves, so many a second, until `orders` are placed or it is told.

    No webhook tells of them. Every second buyer has an account; every tenth of those
    forgets to sign in now and then, and then buys as a guest of the same e-mail.
    """

    def __init__(
        self,
        merchant: Merchant,
        *,
        orders: int,
        buyers: int,
        a_second: float,
        place: Mapping[str, str] = NELSON,
    ) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.numbers: list[str] = []
        self.emails: set[str] = set()
        self._merchant = merchant
        self._wanted = orders
        self._pause = WAVE / a_second
        self._chance = random.Random(orders)
        self._people = [_person(number, place) for number in range(buyers)]
        self._goods: list[int] = []
        self._accounts: list[int] = []

    def move_in(self, goods: Sequence[int] = ()) -> None:
        """Put accounts into the shop's books, and goods on the shelf unless they are
        given by their ids."""
        shelf = [
            {"name": f"Cup {n}", "sku": f"CUP-{n}", "regular_price": f"{n + 5}.90"}
            for n in range(0 if goods else GOODS)
        ]
        accounts = [
            {
                "email": each["email"],
                "first_name": each["first_name"],
                "last_name": each["last_name"],
                "username": each["email"].partition("@")[0],
                "billing": each,
            }
            for each in self._people[::2]
        ]
        made = self._merchant.control(
            "woocommerce", "seed", products=shelf, customers=accounts
        )
        self._goods = [*goods, *made["products"]]
        self._accounts = made["customers"]

    def run(self) -> None:
        while len(self.numbers) < self._wanted and not self.ended.wait(self._pause):
            size = min(WAVE, self._wanted - len(self.numbers))
            placed = self._merchant.control(
                "woocommerce",
                "orders",
                orders=[self._order() for _ in range(size)],
                quiet=True,
            )
            self.numbers += placed["numbers"]

    def _order(self) -> dict[str, Any]:
        which = self._chance.randrange(len(self._people))
        person = self._people[which]
        self.emails.add(person["email"])
        has_account = which % 2 == 0
        forgets = which % 20 == 0 and self._chance.random() < 0.3
        bought = self._chance.sample(self._goods, self._chance.randint(1, 3))
        return {
            "set_paid": True,
            "payment_method": "bacs",
            "customer_id": self._accounts[which // 2]
            if has_account and not forgets
            else 0,
            "billing": person,
            "line_items": [
                {"product_id": each, "quantity": self._chance.randint(1, 3)}
                for each in bought
            ],
        }


def _person(number: int, place: Mapping[str, str]) -> dict[str, str]:
    first, last = FIRST[number % 10], LAST[number // 10 % 10]
    return {
        **place,
        "first_name": first,
        "last_name": f"{last} {number // 100}".removesuffix(" 0"),
        "email": f"{first}.{last}.{number}@example.com".lower(),
    }
