"""What of an item no path says: its shelves, its properties, its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.galaxy.dates import shown, zone_of
from connectors.galaxy.lookups import ATTRIBUTES, CATEGORIES, value_id
from connectors.galaxy.rows import guid, number_of
from integration.canonical.catalog import PICTURE, Image
from integration.canonical.kinds import Kind
from integration.canonical.shop import Entry
from integration.canonical.values import Ref, Value
from integration.contract.mapping import Context
from integration.contract.messages import Json
from integration.errors import BadRecord

Source = Json
"""An item's row under "row", and the rows of its parts under the lists' names."""

ALTER_CODES, BALANCES, IMAGES, PRICES = (
    *("itemaltercodes", "itembalances"),
    *("itemimages", "itemprices"),
)
PARTS = (ALTER_CODES, BALANCES, IMAGES, PRICES)
TYPED = ("FldString", "FldDecimal", "FldBoolean", "FldDateTime")


def title(source: Source) -> str:
    """The description, else the code."""
    row = source["row"]
    return str(row.get("Description") or row.get("Code") or "").strip()


# --- Categories -----------------------------------------------------------------------


def shelves(source: Source, context: Context) -> Iterator[Entry]:
    """The categories of an item and all above them, those at the top first."""
    for path in _paths(source, context):
        yield from reversed(path)


def category_refs(source: Source, context: Context) -> tuple[Ref, ...]:
    """Where the item is filed, each leaf before what is above it."""
    found = [entry for path in _paths(source, context) for entry in path]
    refs = (
        Ref(Kind.CATEGORY, entry.external_id, {"name": entry.label}) for entry in found
    )
    return tuple({ref.external_id: ref for ref in refs}.values())


def parent_ref(entry: Entry) -> Ref | None:
    """The category above."""
    return Ref(Kind.CATEGORY, entry.parent) if entry.parent else None


def _paths(source: Source, context: Context) -> list[list[Entry]]:
    """Each link's way up from its leaf; those made for the company come first.

    A link names only root and leaf: what lies between is found by walking.
    """
    links = source["row"].get("ItemCategories") or ()
    below = guid(context.setting("category_root"))
    kept = [
        link for link in links if not below or guid(link.get("CategoryRootID")) == below
    ]
    kept.sort(key=lambda link: not link.get("IsPerCompany"))
    return [_way_up(guid(link["CategoryLeafID"]), context) for link in kept]


def _way_up(leaf: str, context: Context) -> list[Entry]:
    path: list[Entry] = []
    place = leaf
    while place:
        if any(entry.external_id == place for entry in path):
            raise BadRecord(
                "", f"The category {place} is above itself.", code="category_circle"
            )
        path.append(context.entry(CATEGORIES, place))
        place = path[-1].parent
    return path


# --- Attributes -----------------------------------------------------------------------


def attributes(source: Source, context: Context) -> dict[str, Value]:
    """Name -> value, several of one name joined."""
    found: dict[str, Value] = {}
    for link in source["row"].get("ItemAttributes") or ():
        name = context.entry(ATTRIBUTES, guid(link["AttrID"])).label
        value = _value(link, context)
        if value is not None:
            there = found.get(name)
            found[name] = value if there is None else f"{there}, {value}"
    return found


def _value(link: Json, context: Context) -> Value:
    """The listed value, else the typed one that is there."""
    if listed := guid(link.get("FldAttrValueID")):
        return context.entry(ATTRIBUTES, value_id(link["AttrID"], listed)).label
    for name in TYPED:
        value = link.get(name)
        if value is None:
            continue
        if name == "FldBoolean":
            return bool(value)
        if name == "FldDateTime":
            return shown(value, zone_of(context.setting("zone"))) or None
        return value if isinstance(value, str) else str(value)
    return None


# --- Pictures -------------------------------------------------------------------------


def images(source: Source, context: Context) -> tuple[Image, ...]:
    """Pictures by id, for Galaxy has no public address; or at the merchant's own.

    A picture drawn anew has another number, and so another key.
    """
    base = str(context.setting("image_base_url") or "") or f"{PICTURE}{{id}}"
    if "{id}" not in base:
        base = base.rstrip("/") + "/{id}"
    return tuple(
        Image(
            key=f"{guid(row['ID'])}/{number_of(row) or 0}",
            url=base.replace("{id}", guid(row["ID"])),
        )
        for row in _in_order(source.get(IMAGES) or ())
    )


def _in_order(pictures: Sequence[Json]) -> list[Json]:
    """By id: Galaxy tells no order, and a change of one must not move the others."""
    return sorted(pictures, key=lambda row: guid(row["ID"]))
