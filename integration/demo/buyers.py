"""The second shop's buyers: guests, people with an account, companies, some twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from integration.demo.outside import Shop
from integration.demo.shopping import PLENTY

Json = Any
NAMES = (
    ("Amelia", "Hart", "Leeds", "LS1 4AP"),
    ("Oliver", "Byrne & Daughters", "Bath", "BA1 1UA"),
    ("Siân", "Llewellyn", "Cardiff", "CF10 1EP"),
    ("Noël", "O'Connor", "York", "YO1 7HH"),
    ("Zoë", "Whitlock", "Hull", "HU1 1NQ"),
)
MEMBERS = 3
# Orders of a member who does not sign in: which order, and which member.
UNSIGNED = {8: 0, 20: 1}
SHIPPING = ("0.00", "3.75", "4.99")
METHODS = (("bacs", "Bank transfer"), ("stripe", "Card"))


class Buyers:
    """Place orders one by one; `placed` are the shop's answers, by order number."""

    def __init__(self, shop: Shop, seed: int = 11) -> None:
        self.shop = shop
        self.chance = random.Random(seed)  # noqa: S311  the same buyers every time
        self.goods: list[Json] = []
        self.members: list[Json] = []
        self.placed: dict[str, Json] = {}

    def come(self) -> None:
        """Look at what there is in plenty; some open an account."""
        self.goods = [
            form
            for form in self.shop.forms().values()
            if form["status"] == "publish" and (form["stock_quantity"] or 0) >= PLENTY
        ]
        self.members = [self._member(place) for place in range(MEMBERS)]

    def buy(self, count: int) -> Iterator[str]:
        """Place `count` orders; the number of each as soon as the shop has it."""
        for _ in range(count):
            answer = self.shop.buy(self._order(len(self.placed)))
            number = str(answer["number"])
            self.placed[number] = answer
            yield number

    def sold(self) -> dict[str, int]:
        """Pieces sold so far, by SKU in lower case."""
        pieces: Counter[str] = Counter()
        for order in self.placed.values():
            for line in order["line_items"]:
                pieces[line["sku"].lower()] += line["quantity"]
        return pieces

    def _order(self, place: int) -> Json:
        method, called = METHODS[place % len(METHODS)]
        lines = self.chance.sample(self.goods, self.chance.choice((1, 2, 2, 3)))
        return {
            **self._who(place),
            "set_paid": True,
            "payment_method": method,
            "payment_method_title": called,
            "transaction_id": f"pay-{place}" if method == "stripe" else "",
            "line_items": [
                _line(form, self.chance.choice((1, 1, 2))) for form in lines
            ],
            "shipping_lines": [
                {
                    "method_id": "flat_rate",
                    "method_title": "Flat rate",
                    "total": SHIPPING[place % len(SHIPPING)],
                }
            ],
        }

    def _who(self, place: int) -> Json:
        """A guest, a member, the guest of before in capitals, a company; now and then
        a member who bought before and does not sign in."""
        if place in UNSIGNED:
            return {"billing": self.members[UNSIGNED[place]]["billing"]}
        kind = place % 4
        if kind == 1:
            member = self.members[place // 4 % len(self.members)]
            return {"customer_id": member["id"], "billing": member["billing"]}
        if kind == 2:
            before = _address(place - 2)
            return {"billing": {**before, "email": before["email"].upper()}}
        company = {"company": f"Company {place} Ltd"} if kind == 3 else {}
        return {"billing": {**_address(place), **company}}

    def _member(self, place: int) -> Json:
        billing = {**_address(place), "email": f"member{place}@example.com"}
        names = {name: billing[name] for name in ("first_name", "last_name", "email")}
        return self.shop.register({**names, "billing": billing})


def refund_of(order: Json, whole: bool) -> Json:
    """All of an order, or its first line."""
    if whole:
        return {"amount": order["total"], "reason": "Sent back"}
    line = order["line_items"][0]
    taxes = [{"id": tax["id"], "refund_total": tax["total"]} for tax in line["taxes"]]
    back = {"id": line["id"], "quantity": line["quantity"]}
    back |= {"refund_total": line["total"], "refund_tax": taxes}
    return {"line_items": [back], "reason": "Broken"}


def _line(form: Json, quantity: int) -> Json:
    sold: dict[str, Sequence[Any] | int] = {"quantity": quantity}
    parent = form.get("parent_id") or 0
    if parent:
        return {**sold, "product_id": parent, "variation_id": form["id"]}
    return {**sold, "product_id": form["id"]}


def _address(place: int) -> Json:
    first, last, city, postcode = NAMES[place % len(NAMES)]
    return {
        "first_name": first,
        "last_name": last,
        "address_1": f"{place + 1} High Street",
        "city": city,
        "postcode": postcode,
        "country": "GB",
        "email": f"buyer{place}@example.com",
        "phone": "+44 113 4960000",
    }
