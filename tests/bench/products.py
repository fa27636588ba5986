"""The products the benchmark pulls: two kilobytes of JSON each, as a shop has them."""

from __future__ import annotations

import json
from typing import Any

PAGE = 100
# Every hundredth product changes.
CHANGED = 100

WORDS = (
    "Woven by hand from long combed wool, washed once and dried in the open air. "
    "The colour comes from plants and deepens with use; the edges are sewn twice. "
    "Wash it by hand in cool water and dry it lying flat, away from the sun. "
)


def product(number: int, edition: int = 0) -> dict[str, Any]:
    """One product; another edition has another title and price."""
    sku = f"WV-{number:07d}"
    return {
        "id": number,
        "name": f"Blanket {number}" + (f", edition {edition}" if edition else ""),
        "slug": f"blanket-{number}",
        "sku": sku,
        "status": "publish",
        "type": "simple",
        "date_modified_gmt": f"2026-01-{1 + edition:02d}T08:00:00",
        "description": f"<p>{WORDS}</p>" * 3,
        "short_description": f"<p>{WORDS}</p>",
        "regular_price": f"{20 + number % 80 + edition}.50",
        "price": f"{20 + number % 80 + edition}.50",
        "sale_price": "",
        "manage_stock": True,
        "stock_quantity": number % 40,
        "stock_status": "instock",
        "backorders": "no",
        "weight": "1.2",
        "global_unique_id": f"{4_000_000_000_000 + number}",
        "categories": [
            {"id": number % 12 + 1, "name": f"Shelf {number % 12 + 1}"},
            {"id": 100 + number % 5, "name": f"Season {number % 5}"},
        ],
        "tags": [
            {"id": 1, "name": "wool"},
            {"id": 2 + number % 9, "name": "hand made"},
        ],
        "images": [_image(number, place) for place in (1, 2)],
        "attributes": [
            {"id": 1, "name": "Colour", "variation": False, "options": ["Moss"]},
            {"id": 2, "name": "Size", "variation": False, "options": ["130 x 180"]},
        ],
        "variations": [],
        "meta_data": [
            {"id": number * 2, "key": "_supplier", "value": f"Mill {number % 30}"},
            {"id": number * 2 + 1, "key": "_shelf_life", "value": "none"},
        ],
    }


def _image(number: int, place: int) -> dict[str, Any]:
    name = f"blanket-{number}-{place}"
    return {
        "id": number * 10 + place,
        "src": f"https://pictures.example.com/2026/01/{name}.jpg",
        "name": name,
        "alt": f"Blanket {number}, picture {place}",
        "date_modified_gmt": "2026-01-01T08:00:00",
    }


def pages(total: int) -> dict[int, bytes]:
    """Every page of the source by the revision it begins after.

    Products 1 to `total` have that number as their revision; the changed ones are
    listed again behind them, each with a revision of its own. A page says in `next`
    after which revision the one behind it begins: null at the end of each list.
    """
    whole = [(number, product(number)) for number in range(1, total + 1)]
    return {**_cut(0, whole), **changes(total, CHANGED)}


def changes(total: int, every: int) -> dict[int, bytes]:
    """The pages behind the first `total` revisions where each `every`-th changed."""
    changed = [
        (total + place, product(number, edition=1))
        for place, number in enumerate(range(every, total + 1, every), start=1)
    ]
    return _cut(total, changed)


def _cut(after: int, rows: list[tuple[int, dict[str, Any]]]) -> dict[int, bytes]:
    cut: dict[int, bytes] = {}
    for begin in range(0, len(rows), PAGE):
        part = rows[begin : begin + PAGE]
        last = part[-1][0]
        more = begin + PAGE < len(rows)
        items = [{**row, "revision": revision} for revision, row in part]
        page = {"items": items, "last": last, "next": last if more else None}
        cut[after] = json.dumps(page, separators=(",", ":")).encode()
        after = last
    return cut
