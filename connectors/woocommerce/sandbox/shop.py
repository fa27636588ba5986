"""Holds everything one shop knows, in memory, and says what happens in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from time import time
from typing import Any

from connectors.woocommerce.sandbox.catalogue import Catalogue
from connectors.woocommerce.sandbox.exchange import Record
from connectors.woocommerce.sandbox.images import Gallery
from connectors.woocommerce.sandbox.settings import Settings
from connectors.woocommerce.sandbox.terms import Terms

FIRST_POST = 10
"""Products, orders, refunds and attachments are numbered together, as posts are."""
PING = "ping"
"""Told instead of a topic, with a webhook's id, when the webhook is new."""


class Shop:
    """One shop at `home`; `tell` is called with a topic and an id for every event."""

    def __init__(self, home: str, tell: Callable[[str, int], None]) -> None:
        self.home = home
        self.root = f"{home}/wp-json/wc/v3"
        self.tell = tell
        self.settings = Settings()
        self.catalogue = Catalogue()
        self.terms = Terms()
        self.gallery = Gallery(home)
        self.customers: dict[int, Record] = {}
        self.emails: dict[str, int] = {}
        self.orders: dict[int, Record] = {}
        self.refunds: dict[int, Record] = {}
        self.notes: dict[int, list[Record]] = {}
        self.webhooks: dict[int, Record] = {}
        self._last = Counter(post=FIRST_POST - 1)

    def now(self) -> int:
        """Give the present second."""
        return int(time())

    def number(self, kind: str = "post") -> int:
        """Give the next number of a kind: post, customer, line, meta, note."""
        self._last[kind] += 1
        return self._last[kind]

    def reserve(self, kind: str, number: int) -> None:
        """Keep numbers up to this one from being given out."""
        self._last[kind] = max(self._last[kind], number)

    def merge_meta(self, kept: list[Record], sent: Iterable[Any] | None) -> None:
        """Change meta data in place: a known id or key is changed, null removes it."""
        for item in sent or ():
            if not isinstance(item, Mapping):
                continue
            known = _known(kept, item)
            value = item.get("value")
            if known is not None and value is None:
                kept.remove(known)
            elif known is not None:
                known["value"] = value
                known["key"] = item.get("key", known["key"])
            elif item.get("key") and value is not None:
                number = self.number("meta")
                kept.append({"id": number, "key": item["key"], "value": value})

    def links(
        self, path: str, collection: str, more: Mapping[str, Any] | None = None
    ) -> Record:
        """Give the `_links` of a thing at `path` in the list at `collection`."""
        allow = {"allow": ["GET", "POST", "PUT", "PATCH", "DELETE"]}
        return {
            "self": [{"href": f"{self.root}{path}", "targetHints": allow}],
            "collection": [{"href": f"{self.root}{collection}"}],
            **(more or {}),
        }


def _known(kept: list[Record], item: Mapping[str, Any]) -> Record | None:
    for row in kept:
        if item.get("id"):
            if row["id"] == item["id"]:
                return row
        elif row["key"] == item.get("key"):
            return row
    return None
