"""Checks the made-up catalogue: rich, the same every time, broken where it says so."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connectors.crystal.sandbox import PLATFORM
from connectors.crystal.sandbox.catalogue import build_catalogue
from integration.sandbox.server import SandboxServer
from tests.connectors.crystal.sandbox_caller import Caller

FILES = "http://files.example.test"


@pytest.fixture(scope="module")
def catalogue() -> list[dict[str, Any]]:
    return build_catalogue(FILES)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer([PLATFORM]) as running:
        yield running


@pytest.fixture
def crystal(server: SandboxServer) -> Caller:
    requests.post(f"{server.url}/_control/crystal/reset", timeout=60)
    return Caller(server)


def addresses(product: dict[str, Any]) -> list[str]:
    return [
        image["src"] if isinstance(image, dict) else image
        for image in product["images"]
    ]


def test_it_is_the_same_every_time_and_a_small_one_is_the_beginning(
    catalogue: list[dict[str, Any]],
) -> None:
    assert build_catalogue(FILES) == catalogue
    assert build_catalogue(FILES, 60) == catalogue[:60]


def test_it_is_large_and_varied(catalogue: list[dict[str, Any]]) -> None:
    assert len({product["id"] for product in catalogue}) == 1000
    assert len({product["vendor"]["id"] for product in catalogue}) == 12
    assert len({product["item_type"]["id"] for product in catalogue}) == 15
    pictured = [product for product in catalogue if product["images"]]
    assert 550 < len(pictured) < 650
    served = [address for product in pictured for address in addresses(product)]
    assert len(set(served)) == len(served)
    assert max(len(product["images"]) for product in catalogue) == 4


def test_two_products_share_a_name_and_two_have_none(
    catalogue: list[dict[str, Any]],
) -> None:
    numbered = [product for product in catalogue if product["product_number"]]
    names = Counter(product["name"] for product in numbered)
    assert sorted(names.values())[-1] == 2
    assert (names[""], names[None]) == (1, 1)


def test_the_ledger_names_what_is_broken_and_why(crystal: Caller) -> None:
    broken = crystal.ledger()["broken"]
    fields = Counter(entry["field"] for entry in broken)
    assert fields == {"price": 3, "images": 3, "quantity": 1, "name": 1}
    listed = {product["id"] for product in crystal.ledger()["products"]}
    assert {entry["id"] for entry in broken} < listed


def test_a_catalogue_may_be_all_sound(crystal: Caller) -> None:
    crystal.control("catalogue", size=1000, broken=False)
    assert crystal.ledger()["broken"] == []


def test_a_product_set_right_is_no_longer_broken(crystal: Caller) -> None:
    broken = crystal.ledger()["broken"]
    crystal.control("product", id=broken[0]["id"], price=9.9)
    assert crystal.ledger()["broken"] == broken[1:]


def test_every_image_answers_but_the_broken_ones(crystal: Caller) -> None:
    ledger = crystal.ledger()
    broken = {entry["id"] for entry in ledger["broken"] if entry["field"] == "images"}
    for product in ledger["products"][:30]:
        for address in addresses(product):
            assert requests.get(address, timeout=60).status_code == 200
    lost = [product for product in ledger["products"] if product["id"] in broken]
    statuses = [
        requests.get(address, timeout=60).status_code
        for product in lost
        for address in addresses(product)
        if address.startswith("http")
    ]
    assert statuses == [200, 404, 200, 404]


def test_an_image_is_a_real_png_of_its_own(crystal: Caller) -> None:
    first = requests.get(f"{crystal.root}/files/0001-1.png", timeout=60)
    assert first.headers["Content-Type"] == "image/png"
    chunks = list(read_chunks(first.content))
    assert [kind for kind, _ in chunks] == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    width, height, depth, colours = struct.unpack(">IIBB", chunks[0][1][:10])
    assert (depth, colours) == (8, 2)
    assert len(zlib.decompress(chunks[2][1])) == height * (1 + 3 * width)
    second = requests.get(f"{crystal.root}/files/0001-2.png", timeout=60)
    assert second.content != first.content


def read_chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place = 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        data = png[place + 8 : place + 8 + length]
        [checksum] = struct.unpack(">I", png[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(kind + data)
        yield kind, data
        place += 12 + length


def test_a_file_can_be_lost_and_brought_back(crystal: Caller) -> None:
    address = f"{crystal.root}/files/0001-1.png"
    crystal.control("file", name="0001-1.png", lost=True)
    assert requests.get(address, timeout=60).status_code == 404
    crystal.control("file", name="0001-1.png", lost=False)
    assert requests.get(address, timeout=60).status_code == 200


def test_a_file_that_was_never_there_can_be_brought(crystal: Caller) -> None:
    before = crystal.ledger()["broken"]
    address = next(
        address
        for product in crystal.ledger()["products"]
        for address in addresses(product)
        if "/lost-" in address
    )
    crystal.control("file", name=address.rpartition("/")[2], lost=False)
    assert requests.get(address, timeout=60).status_code == 200
    assert len(crystal.ledger()["broken"]) == len(before) - 1
