"""A back office that keeps an item in several lists: whichever of them changes, the
shop shows it, and no other list is asked for."""

from __future__ import annotations

import pytest

from integration.canonical.catalog import Product
from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.contract.messages import Changed, Everything
from integration.engine import connect, routes
from integration.models import Connection, Cursor, Link, Run
from tests.depot_and_shop import Depot
from tests.road import Merchant, Row

PARTS = ("itembalances", "itemimages", "itemprices", "itemaltercodes")


class Store:
    """A merchant whose food comes from Galaxy and goes to the shop."""

    def __init__(self, pantry: Depot) -> None:
        self.road = pantry.road
        self.galaxy = pantry.galaxy
        self.merchant: Merchant = self.road.begin({}, self.first_sync)
        self.here = Connection.everywhere.get(platform="galaxy")
        self.forget()

    def first_sync(self) -> Merchant:
        """Everything is in the shop; the account at the other platform is idle."""
        self.merchant = self.road.merchant(routes=False)
        self.here = self.connect(self.galaxy.credentials["web_scenario"])
        for kind in ("category", "product", "stock", "price"):
            routes.add(self.merchant.tenant, kind, self.here, self.merchant.shop)
        connect.first_sync(self.here)
        self.later()
        return self.merchant

    def connect(self, scenario: str) -> Connection:
        """An account: one scenario of the installation."""
        given = {
            "base_url": self.galaxy.root,
            "username": self.galaxy.credentials["username"],
            "password": self.galaxy.credentials["password"],
            "web_scenario": scenario,
            "allow_http": True,
        }
        return self.road.connect(self.merchant.tenant, "galaxy", given)

    def later(self) -> None:
        """What waits for other lists comes as well."""
        for _ in range(6):
            self.road.later(seconds=3)

    def read(self, stream: str, whole: bool = False) -> Run:
        run = self.road.read(self.here, stream, Everything() if whole else Changed())
        self.later()
        run.refresh_from_db()
        return run

    def forget(self) -> None:
        self.galaxy.forget()
        self.road.forget()

    def cursors(self, connection: Connection) -> dict[str, str]:
        """Where each list of an account is read on."""
        marks = Cursor.everywhere.filter(connection=connection).exclude(value="")
        return dict(marks.values_list("stream", "value"))

    def pictures(self, item: Row) -> list[str]:
        """The pictures an item has, by their ids."""
        link = Link.everywhere.get(
            connection=self.here, kind="product", external_id=item["ID"]
        )
        product = decode(Kind.PRODUCT, bytes(link.data or b""))
        assert isinstance(product, Product)
        return sorted(image.key.partition("/")[0] for image in product.images)

    def asked(self) -> set[str]:
        """The lists that were asked for since the last `forget`."""
        paths = [call["path"].lower().split("/")[-1] for call in self.galaxy.calls()]
        return {path for path in paths if path in (*PARTS, "items", "itemcategories")}


@pytest.fixture
def store(pantry: Depot) -> Store:
    return Store(pantry)


def test_a_changed_balance_reaches_the_shop_and_no_other_list_is_asked(
    store: Store,
) -> None:
    sku = next(iter(store.road.shelf()))
    store.galaxy.do("change_balance", code=sku, balance=4_321)
    assert store.read("itembalances").updated == 1
    assert store.road.shelf()[sku]["stock_quantity"] == 4_321
    assert store.asked() == {"itembalances"}


def test_a_changed_price_of_a_list_reaches_the_shop(store: Store) -> None:
    sku = next(iter(store.road.shelf()))
    store.galaxy.do("change_price", code=sku, price=77.5)
    store.read("items")
    assert store.road.shelf()[sku]["regular_price"] == "77.50"
    assert store.asked() == {"items"}


def test_a_new_picture_reaches_its_item(store: Store, pantry: Depot) -> None:
    known = store.merchant.shop.routes_in.get(kind="product")
    known.policy = "link_only"
    known.save()
    store.here.settings |= {"image_base_url": "https://pictures.example.test/{id}.jpg"}
    store.here.save()
    store.read("items", whole=True)
    item = pantry.items()[-1]
    before = store.pictures(item)
    store.forget()
    picture = store.galaxy.do("add_image", id=item["ID"])
    store.read("itemimages")
    assert store.pictures(item) == sorted([*before, picture["ID"]])
    assert store.asked() == {"itemimages"}


def test_a_renamed_category_reaches_the_shop_without_a_call_for_items(
    store: Store, pantry: Depot
) -> None:
    item = pantry.items()[0]
    leaf = item["ItemCategories"][0]["CategoryLeafID"]
    store.galaxy.do("rename_category", id=leaf, Description="Renamed altogether")
    store.read("itemcategories", whole=True)
    names = {row["name"] for row in store.road.front.ledger("terms")}
    assert "Renamed altogether" in names
    assert store.asked() == {"itemcategories"}


def test_an_item_that_is_switched_off_leaves_the_shop_with_the_whole_read(
    store: Store,
) -> None:
    sku = next(iter(store.road.shelf()))
    store.galaxy.do("deactivate_item", code=sku)
    store.read("items", whole=True)
    assert store.road.shelf()[sku]["status"] != "publish"


def test_two_scenarios_of_one_installation_share_no_cursor(store: Store) -> None:
    other = store.connect(store.galaxy.credentials["second_web_scenario"])
    before = store.cursors(store.here)
    store.road.read(other, "customers", Everything())
    store.later()
    assert store.cursors(store.here) == before
    assert store.cursors(other)["customers"] != before.get("customers", "")
    sku = next(iter(store.road.shelf()))
    store.galaxy.do("change_item", code=sku, Description="Renamed")
    theirs = store.cursors(other)
    store.read("items")
    assert store.cursors(store.here)["items"] != before["items"]
    assert store.cursors(other) == theirs


def test_unchanged_lists_read_whole_map_and_write_nothing(store: Store) -> None:
    runs = [store.read(stream, whole=True) for stream in (*PARTS, "items")]
    assert [run.unchanged for run in runs] == [run.read for run in runs]
    assert store.road.front.writes() == []
