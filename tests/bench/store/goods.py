"""Products with variants, stock and prices, customers and orders: records, links with
data, match keys, and the rows as they were seen."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from django.db.models import Model

from integration.canonical.catalog import Level, Price, Product, Stock, Variant
from integration.canonical.codec import digest, encode
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.values import Money, Ref
from integration.models import Link, MatchKey, Record, Sighting, bulk
from tests.dashboard.sales import an_invoice, an_order

if TYPE_CHECKING:
    from integration.models import Connection
    from tests.bench.store.filling import Store

CHUNK = 20_000
# Of so many products these are not in the shop, and one shows another stock there.
SOME, LACKING, ASTRAY = 50, (4, 11), 10
# Of so many orders one has no invoice yet.
OPEN_ORDERS = 20
FIXTURES = Path(__file__).resolve().parents[2] / "connectors"
BODIES = {
    "crystal": FIXTURES / "crystal" / "fixtures" / "product__full.raw.json",
    "woocommerce": FIXTURES / "woocommerce" / "fixtures" / "product__simple.raw.json",
}


class Shelf(NamedTuple):
    """The primary keys of what was made."""

    products: Sequence[int]
    variants: Sequence[int]
    customers: Sequence[int]
    orders: Sequence[int]


def insert(model: type[Model], columns: str, rows: Iterable[Any], **same: Any) -> None:
    """Rows of any number, in pieces; `columns` are parted by blanks."""
    every = iter(rows)
    while piece := list(islice(every, CHUNK)):
        bulk.insert(model, columns.split(), piece, **same)


def fill(store: Store) -> Shelf:
    """All of it."""
    size = store.size
    keys = bulk.reserve(Record, size.records)
    ends = iter(keys)
    shelf = Shelf(
        *(
            list(islice(ends, count))
            for count in (
                size.products,
                2 * size.products,
                size.customers,
                size.orders,
            )
        )
    )
    insert(
        Record,
        "id uid kind label parent_id revision created_at",
        _records(store, shelf),
        tenant=store.tenant,
    )
    insert(
        Link,
        "connection_id kind external_id record_id data digest",
        _links(store, shelf),
        tenant=store.tenant,
    )
    insert(
        MatchKey,
        "connection_id kind name value record_id",
        _keys(store, shelf),
        tenant=store.tenant,
    )
    for connection, stream, letter, keys in _lists(store, shelf):
        _sightings(store, connection, stream, letter, len(keys))
    of_product = Record.everywhere.get(pk=shelf.products[1])
    of_order = Record.everywhere.get(pk=shelf.orders[1])
    link = Link.everywhere.filter(record=of_product.pk).first()
    store.ids |= {"record": of_product.uid, "order": of_order.uid, "link": link.pk}
    return shelf


def _records(store: Store, shelf: Shelf) -> Iterator[Any]:
    named = [
        *((pk, Kind.PRODUCT, f"Mug {i}", None) for i, pk in enumerate(shelf.products)),
        *(
            (pk, Kind.VARIANT, f"SKU-{i}", shelf.products[i // 2])
            for i, pk in enumerate(shelf.variants)
        ),
        *(
            (pk, Kind.CUSTOMER, f"Anna {i}", None)
            for i, pk in enumerate(shelf.customers)
        ),
        *((pk, Kind.ORDER, f"Order {i}", None) for i, pk in enumerate(shelf.orders)),
    ]
    for number, (pk, kind, label, parent) in enumerate(named, start=1):
        at = store.ago(number / len(named), 60)
        yield pk, uuid4(), str(kind), label, parent, number, at


def _links(store: Store, shelf: Shelf) -> Iterator[Any]:
    for place in (store.back.pk, store.shop.pk):
        yield from _of_products(place, shelf, whole=place == store.back.pk)
    for place in (store.shop.pk, store.books.pk):
        for i, pk in enumerate(shelf.customers):
            yield _link(place, Kind.CUSTOMER, f"c{i}", pk, CUSTOMER)
    for i, pk in enumerate(shelf.orders):
        yield _link(store.shop.pk, Kind.ORDER, f"o{i}", pk, ORDER)
        if i % OPEN_ORDERS:
            yield _link(store.books.pk, Kind.INVOICE, f"i{i}", pk, INVOICE)


def _of_products(place: int, shelf: Shelf, *, whole: bool) -> Iterator[Any]:
    """Products with all their parts; not `whole`: but for some, and some astray."""
    for i, pk in enumerate(shelf.products):
        if not whole and i % SOME in LACKING:
            continue
        yield _link(place, Kind.PRODUCT, f"p{i}", pk, PRODUCT)
        stock = STOCK if whole or i % SOME != ASTRAY else LESS
        for j in (2 * i, 2 * i + 1):
            for kind, data in (
                (Kind.VARIANT, VARIANT),
                (Kind.STOCK, stock),
                (Kind.PRICE, PRICE),
            ):
                yield _link(place, kind, f"v{j}", shelf.variants[j], data)


def _link(place: int, kind: Kind, name: str, pk: int, template: bytes) -> Any:
    data = template.replace(b"@@", name.encode())
    return place, str(kind), name, pk, data, digest(data)


def _stock(count: int) -> bytes:
    variant, level = Ref(Kind.VARIANT, "@@"), Level(available=Decimal(count))
    return encode(Stock(external_id="@@", variant=variant, levels=(level,)))


def _variant(sku: str) -> Variant:
    return Variant(external_id=sku, sku=f"SKU-{sku}", title="Blue")


# What is stored of a thing; "@@" stands for its id.
VARIANT = encode(_variant("@@"))
PRODUCT = encode(
    Product(
        external_id="@@",
        title="Mug @@",
        description_html="<p>A mug, as good as any.</p>" * 10,
        variants=(_variant("@@a"), _variant("@@b")),
    )
)
STOCK, LESS = _stock(5), _stock(4)
PRICE = encode(
    Price(
        external_id="@@",
        variant=Ref(Kind.VARIANT, "@@"),
        money=Money(Decimal("12.90"), "EUR"),
    )
)
CUSTOMER = encode(Customer(external_id="@@", first_name="Anna", email="@@@example.com"))
ORDER, INVOICE = encode(an_order("@@")), encode(an_invoice("@@"))


def _keys(store: Store, shelf: Shelf) -> Iterator[Any]:
    for j, pk in enumerate(shelf.variants):
        for place in (store.back, store.shop):
            yield place.pk, "variant", "sku", f"sku-{j}", pk
    for i, pk in enumerate(shelf.customers):
        for place in (store.shop, store.books):
            yield place.pk, "customer", "email", f"c{i}@example.com", pk


def _lists(store: Store, shelf: Shelf) -> Iterator[Any]:
    yield store.back, "products", "p", shelf.products
    yield store.shop, "products", "p", shelf.products
    yield store.shop, "customers", "c", shelf.customers
    yield store.books, "contacts", "c", shelf.customers
    yield store.shop, "orders", "o", shelf.orders
    yield store.books, "invoices", "i", shelf.orders


def _sightings(
    store: Store, connection: Connection, stream: str, letter: str, count: int
) -> None:
    file = BODIES.get(connection.platform) if stream == "products" else None
    body = json.dumps(json.loads(file.read_text())).encode() if file else b"{}"
    insert(
        Sighting,
        "external_id seen_at",
        ((f"{letter}{i}", store.ago(i / count, 5)) for i in range(count)),
        tenant=store.tenant,
        connection=connection,
        stream=stream,
        raw_digest=digest(body),
        map_digest=digest(body),
        body=zlib.compress(body),
    )
