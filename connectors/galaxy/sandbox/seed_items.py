"""Makes items: the sixty of the start, and any number more."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.galaxy.sandbox import words
from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.ids import guid
from connectors.galaxy.sandbox.seed_shelves import Shelf, attribute_id, dimension_id

ITEMS = 60
VARIED = 8
"""The first items have combinations of size and colour."""
NO_DATE = "0001-01-01T00:00:00"


def item_id(number: int) -> str:
    """Give the ID of the item with that number."""
    return guid(f"item/{number}")


def make_item(number: int, shelves: Sequence[Shelf]) -> Row:
    """Give the row of an item; the number decides everything in it.

    An `ExtDescription` of "" is left out where the row is shown.
    """
    place = number % len(words.GOODS)
    code = f"{'ΕΙΔ' if number % 15 == 7 else 'SH'}-{number:04d}"
    name = f"{words.GOODS[place]} {words.QUALITIES[number % len(words.QUALITIES)]}"
    texts = ("", None, f"<p>{name}</p>", f"<p>{name}</p>")
    return {
        "ID": item_id(number),
        "Code": code,
        "Description": f"{name} {number}",
        "ExtDescription": texts[number % 4],
        "ItemPrice": Decimal(990 + 37 * number % 20_000).scaleb(-2),
        "Weight": Decimal(number % 9 * 125).scaleb(-3),
        "MeasurementUnit": "Κιλά" if 8 <= place <= 11 else "Τεμάχια",
        "ItemCategories": _links(number, shelves),
        "ItemAttributes": list(_attributes(number)),
        "ItemDimensionCombinations": _combinations(number, code),
    }


def balances(number: int, item: Row) -> list[Row]:
    """Give the balance rows of an item: one, several, or one per combination."""
    amounts: list[Decimal] = [Decimal(5 + number % 40)]
    if item["MeasurementUnit"] == "Κιλά":
        amounts = [Decimal(1250 + 250 * (number % 30)).scaleb(-2)]
    if number % 17 == 10:
        amounts = [Decimal("-3.00")]
    if number % 9 == 0:
        amounts = [*amounts, Decimal("7.50"), Decimal(-1)]
    codes: list[Any] = [each["Code"] for each in item["ItemDimensionCombinations"]]
    if codes:
        amounts = [Decimal((number + 3 * place) % 11) for place in range(len(codes))]
    else:
        codes = [None] * len(amounts)
    return [
        {
            "ID": guid(f"balance/{number}/{place}"),
            "Code": item["Code"],
            "ItemID": item["ID"],
            "DimensionCode": codes[place],
            "Balance": amount,
        }
        for place, amount in enumerate(amounts)
    ]


def alter_codes(number: int, item: Row) -> list[Row]:
    """Give an item's further codes: a barcode for it, or one per combination."""
    combinations = item["ItemDimensionCombinations"] or [{"Code": None}]
    return [
        {
            "ID": guid(f"altercode/{number}/{place}"),
            "ItemID": item["ID"],
            "Code": barcode(number * 100 + place),
            "Description": "EAN-13",
            "DimensionCode": each["Code"],
        }
        for place, each in enumerate(combinations)
    ]


def barcode(number: int) -> str:
    """Give a Greek EAN-13 with a right last digit."""
    text = f"520{number:09d}"
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(text))
    return f"{text}{-total % 10}"


def _links(number: int, shelves: Sequence[Shelf]) -> list[Row]:
    chosen = [(shelves[number % len(shelves)], 0)]
    if number % 10 == 3:
        chosen.append((shelves[-1], 1))
    return [
        {"CategoryRootID": shelf.root, "CategoryLeafID": shelf.leaf, "IsPerCompany": of}
        for shelf, of in chosen
    ]


def _attributes(number: int) -> Iterator[Row]:
    values: tuple[tuple[str, str, Any], ...] = (
        ("COL", "FldAttrValueID", attribute_id("COL", words.COLOURS[number % 4][0])),
        ("MAT", "FldAttrValueID", attribute_id("MAT", words.MATERIALS[number % 3][0])),
        ("CAR", "FldString", "Πλύσιμο στους 30°"),
        ("LEN", "FldDecimal", Decimal(number * 5).scaleb(-1)),
        ("ECO", "FldBoolean", number % 2),
        ("SIN", "FldDateTime", _date(number)),
    )
    for place, (code, field, value) in enumerate(values):
        if (number + place) % 2 == 0:
            yield _attribute(guid(f"item/{number}/{code}"), code, field, value)


def _date(number: int) -> str:
    """Write a day in one of the three ways that .NET servers have."""
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if number % 3 == 0:
        return NO_DATE
    if number % 3 == 1:
        return f"/Date({int(day.timestamp() * 1000)})/"
    return day.replace(tzinfo=None).isoformat()


def _attribute(key: str, code: str, field: str, value: Any) -> Row:
    row: Row = {"ID": key, "AttrID": attribute_id(code), "FldAttrValueID": None}
    row |= {"FldString": None, "FldDecimal": None}
    row |= {"FldBoolean": None, "FldDateTime": None}
    return {**row, field: value}


def _combinations(number: int, code: str) -> list[Row]:
    if number >= VARIED:
        return []
    return [
        {
            "ID": guid(f"combination/{number}/{size}/{colour}"),
            "Code": f"{code}-{size}-{colour}",
            "Values": [
                _value("SIZE", size),
                _value("COLOR", colour),
            ],
            "ItemPrice": Decimal("59.90") if size == "XL" else None,
        }
        for size in ("S", "M", "XL")
        for colour in ("KOK", "MPL")
    ]


def _value(dimension: str, value: str) -> Row:
    return {
        "DimensionID": dimension_id(dimension),
        "ValueID": dimension_id(dimension, value),
    }
