"""Pictures that Galaxy shows to nobody but Weft are fetched by the shop at Weft."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
import requests

from integration.contract.messages import Everything
from integration.sandbox.server import SandboxServer
from tests.connectors.galaxy.sandbox.caller import Caller
from tests.depot_and_shop import Depot
from tests.road import Merchant, Row

PICTURE = "/api/glx/entities/itemimage/"


@pytest.fixture
def stall(pantry: Depot, live_server: Any, settings: Any) -> Depot:
    """Food to sell, and a real web server of Weft's where a shop can fetch pictures."""
    settings.WEFT_PUBLIC_URL = live_server.url
    return pantry


@pytest.fixture
def merchant(stall: Depot) -> Merchant:
    """In step; the pictures have no public address but Weft's."""
    return stall.in_step(image_base_url="")


@pytest.fixture
def item(pantry: Depot) -> Row:
    """An item with two pictures."""
    return next(
        item for item in pantry.plain() if len(pantry.parts("itemimages", item)) == 2
    )


@pytest.fixture
def galaxy(sandbox: SandboxServer) -> Caller:
    """Somebody who is signed in at Galaxy."""
    caller = Caller(sandbox)
    caller.login()
    return caller


def drawn(galaxy: Caller, depot: Depot, item: Row) -> set[bytes]:
    """The pictures of an item as Galaxy has them."""
    rows = depot.parts("itemimages", item)
    answers = [galaxy.get(f"{PICTURE}{row['ID']}").json() for row in rows]
    return {b64decode(answer["Image"]) for answer in answers}


def shown(depot: Depot, item: Row) -> set[bytes]:
    """The pictures of an item as visitors of the shop see them."""
    images = depot.product(item)["images"]
    return {requests.get(image["src"], timeout=60).content for image in images}


def asked_for(depot: Depot) -> list[str]:
    """The pictures Galaxy was asked for since, by their ids."""
    paths = [call["path"] for call in depot.galaxy.calls(PICTURE)]
    return [path.rpartition("/")[2].casefold() for path in paths]


def ids(depot: Depot, item: Row) -> set[int]:
    """The pictures of an item by their ids in the shop."""
    return {image["id"] for image in depot.product(item)["images"]}


def test_every_picture_arrives_once(stall: Depot, merchant: Merchant) -> None:
    count = {
        item["Code"]: len(stall.parts("itemimages", item)) for item in stall.plain()
    }
    shelf = stall.road.shelf()
    assert {code: len(shelf[code]["images"]) for code in count} == count
    assert set(count.values()) == {0, 1, 2}
    assert len(stall.shop_front.ledger("attachments")) == sum(count.values())
    assert merchant.errors() == []


def test_the_shop_shows_what_galaxy_has(
    stall: Depot, merchant: Merchant, item: Row, galaxy: Caller
) -> None:
    assert len(drawn(galaxy, stall, item)) == 2
    assert shown(stall, item) == drawn(galaxy, stall, item)


def test_one_drawn_anew_is_sent_once_more(
    stall: Depot, merchant: Merchant, item: Row, galaxy: Caller
) -> None:
    before, kept = ids(stall, item), len(stall.shop_front.ledger("attachments"))
    row = stall.parts("itemimages", item)[0]
    stall.galaxy.do("change_image", id=row["ID"])
    stall.wait(hours=2)
    assert asked_for(stall) == [row["ID"].casefold()]
    assert len(stall.shop_front.ledger("attachments")) == kept + 1
    assert len(ids(stall, item) & before) == 1
    assert shown(stall, item) == drawn(galaxy, stall, item)
    stall.forget()
    stall.wait(hours=2)
    assert asked_for(stall) == []
    assert merchant.errors() == []


def test_unchanged_ones_are_not_sent_again(
    stall: Depot, merchant: Merchant, item: Row
) -> None:
    kept = stall.shop_front.ledger("attachments")
    stall.galaxy.do("change_item", id=item["ID"], ExtDescription="Φρέσκο.")
    stall.wait(hours=2)
    assert "Φρέσκο" in stall.product(item)["description"]
    stall.road.read(merchant.crystal, "items", Everything(resend=True))
    stall.wait()
    assert stall.shop_front.writes()
    assert stall.shop_front.ledger("attachments") == kept
    assert asked_for(stall) == []


def test_an_address_of_the_merchants_own_takes_over_without_an_upload(
    stall: Depot, merchant: Merchant, item: Row
) -> None:
    before = ids(stall, item)
    merchant.crystal.settings["image_base_url"] = f"{stall.road.back.root}/files/"
    merchant.crystal.save()
    stall.road.read(merchant.crystal, "items", Everything())
    stall.wait()
    assert ids(stall, item) == before
    assert stall.shop_front.writes() == []


def test_one_that_cannot_be_had_is_told_and_comes_when_it_can(
    stall: Depot, item: Row, galaxy: Caller
) -> None:
    merchant = stall.merchant(image_base_url="")
    stall.galaxy.fault("status", PICTURE, status=500, times=-1)
    stall.start(merchant)
    assert stall.product(item)["images"] == []
    assert {error.code for error in merchant.errors()} == {"image_unfetchable"}
    stall.galaxy.heal()
    stall.road.read(merchant.crystal, "items", Everything(resend=True))
    stall.wait()
    assert shown(stall, item) == drawn(galaxy, stall, item)
    assert merchant.errors() == []
