"""Products of a back office on their way to a shop, made row by row."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from integration.canonical.codec import digest, encode
from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.engine import maps
from integration.models import Link, MatchKey, Record, Sighting

if TYPE_CHECKING:
    from tests.admin.rows import Rows

FIXTURES = Path(__file__).resolve().parents[1] / "connectors" / "crystal" / "fixtures"
RAW = json.loads((FIXTURES / "product__full.raw.json").read_text())


class Goods:
    """The route of `rows`, and what its source has shown."""

    def __init__(self, rows: Rows) -> None:
        self.tenant, self.back, self.shop = rows.tenant, rows.back, rows.shop
        self.route = rows.route

    def product(self, number: int = 1, **changed: Any) -> Record:
        """A product as the back office sent it: row, record, link and key."""
        row = {
            **RAW,
            "item_type": None,
            "id": str(number),
            "product_number": f"SKU-{number}",
            **changed,
        }
        body = json.dumps(row).encode()
        stream = registry.connector("crystal").stream("products")
        Sighting.everywhere.create(
            tenant=self.tenant,
            connection=self.back,
            stream="products",
            external_id=str(number),
            raw_digest=digest(body),
            body=zlib.compress(body),
            seen_at=timezone.now(),
        )
        things = maps.reading(self.back, stream).records(body)
        product = next(each for each in things if each.kind == Kind.PRODUCT)
        record = Record.everywhere.create(
            tenant=self.tenant, kind=Kind.PRODUCT, label=product.label
        )
        self.link(record, self.back, product)
        MatchKey.everywhere.create(
            tenant=self.tenant,
            connection=self.back,
            kind=Kind.PRODUCT,
            name="sku",
            value=f"sku-{number}",
            record=record,
        )
        return record

    def link(self, record: Record, connection: Any, product: Any, **more: Any) -> Link:
        """What a platform shows of a record."""
        return Link.everywhere.create(
            tenant=self.tenant,
            connection=connection,
            kind=Kind.PRODUCT,
            external_id=product.external_id,
            record=record,
            data=encode(product),
            **more,
        )
