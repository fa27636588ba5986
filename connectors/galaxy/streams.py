"""Galaxy's lists in the order they are read: vocabularies, parts, then what they make.

http://webshop-host.northeurope.cloudapp.azure.com/sync-service/introduction
"""

from __future__ import annotations

from connectors.galaxy import mapping
from connectors.galaxy.items import BALANCES, PARTS
from connectors.galaxy.lookups import ATTRIBUTES, CATEGORIES, DIMENSIONS, PLAIN, entries
from connectors.galaxy.parties import SITES
from connectors.galaxy.reader import IDS_AT_ONCE, SETTINGS
from integration.contract.connector import CursorType, Stream

DAY = 86_400
PLACES = ("countries", "prefectures", "cities", "currencies")


def _lookup(table: str, read_every: int = 0) -> Stream:
    """A vocabulary: read once, and anew when somebody asks or an id is not in it."""
    return Stream(
        key=table,
        lookup=table,
        maps=(entries(table),),
        cursor=CursorType.NONE,
        overlap=0,
        gone_after=1,
        read_every=read_every,
    )


def _part(key: str) -> Stream:
    """A list whose rows belong to another's; what vanished shows in a whole read."""
    return Stream(
        key=key,
        cursor=CursorType.REVISION,
        overlap=0,
        fetchable=False,
        gone_after=1,
        full_every=DAY,
    )


STREAMS = (
    *(_lookup(table) for table in PLAIN),
    # Their rows say 0 for a number, so that changes show in a whole read alone.
    *(_lookup(table, DAY) for table in (CATEGORIES, ATTRIBUTES, DIMENSIONS)),
    Stream(
        key="items",
        maps=(mapping.CATEGORY, mapping.PRODUCT, mapping.STOCK, mapping.PRICE),
        called=("Description", "Code"),
        cursor=CursorType.REVISION,
        overlap=0,
        # One item cannot be asked for with all that belongs to it.
        fetchable=False,
        # Only active rows are listed, and nothing tells of the others: they are found
        # missing from the whole list, which is read once a day.
        gone_after=1,
        full_every=DAY,
        parts=PARTS,
        hurry=(BALANCES,),
        after=(CATEGORIES, ATTRIBUTES, DIMENSIONS, *PARTS),
    ),
    Stream(
        key="customers",
        maps=(mapping.CUSTOMER,),
        called=("Description", "Code"),
        cursor=CursorType.REVISION,
        overlap=0,
        gone_after=1,
        full_every=DAY,
        parts=(SITES,),
        after=(*PLACES, SITES),
        at_once=IDS_AT_ONCE,
    ),
    Stream(
        key=SETTINGS,
        maps=(mapping.SETTING,),
        cursor=CursorType.NONE,
        overlap=0,
        gone_after=0,
        read_every=DAY,
    ),
    *(_part(key) for key in (*PARTS, SITES)),
)
