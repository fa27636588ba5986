"""Pictures on their way into the shop: once, by id afterwards, or told as lost."""

import pytest

from connectors.woocommerce import CONNECTOR
from integration.canonical.kinds import Kind
from integration.errors import (
    BadRecord,
)
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import (
    Shop,
    by_uid,
    creating,
    pictures,
    updating,
)


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


def picture(address: str, key: str = "") -> dict[str, str]:
    return {"key": key or address, "src": address, "alt": ""}


def make(shop: Shop, *skus: str) -> dict[str, str]:
    """Products by SKU; gives their ids."""
    outcomes = list(shop.writer.write(Kind.PRODUCT, [creating(sku) for sku in skus]))
    return {sku: one.parts[sku] for sku, one in zip(skus, outcomes, strict=True)}


def test_a_new_picture_weighs_double_and_a_known_one_does_not() -> None:
    weigh = CONNECTOR.writes[Kind.PRODUCT].weigh
    new = creating("A", images=[picture("https://x/a.png")])
    known = creating("A", handles={"k": "7"}, images=[picture("https://x/a.png", "k")])
    assert (weigh(new), weigh(known), weigh(creating("A"))) == (2, 1, 1)


def test_pictures_go_up_once_and_are_named_by_id_afterwards(shop: Shop) -> None:
    with pictures() as (root, asked):
        first = [picture(f"{root}/a.png"), picture(f"{root}/b.png")]
        [made] = shop.writer.write(Kind.PRODUCT, [creating("A", images=first)])
        assert asked == ["/a.png", "/b.png"]
        swapped = [first[1], picture(f"{root}/c.png"), first[0]]
        change = updating(str(made.external_id), made.handles, sku="A", images=swapped)
        [changed] = shop.writer.write(Kind.PRODUCT, [change])
        assert asked == ["/a.png", "/b.png", "/c.png"]
    ids = [str(row["id"]) for row in shop.product("A")["images"]]
    assert ids == [changed.handles[row["key"]] for row in swapped]
    assert len(shop.ledger("attachments")) == 3


def test_a_picture_that_cannot_be_fetched_is_left_out_and_told(shop: Shop) -> None:
    with pictures() as (root, _):
        images = [picture(f"{root}/a.png"), picture(f"{root}/missing.png", "lost")]
        found = by_uid(
            shop.writer.write(
                Kind.PRODUCT, [creating("A", images=images), creating("B")]
            )
        )
    outcome = found["uid-A"]
    assert outcome.external_id == str(shop.product("A")["id"])
    assert isinstance(outcome.error, BadRecord)
    assert (outcome.error.field, outcome.error.code) == ("images", "image_unfetchable")
    assert f"{root}/missing.png" in outcome.error.message
    assert set(outcome.handles) == {f"{root}/a.png"}
    assert len(shop.product("A")["images"]) == 1
    assert found["uid-B"].error is None


def test_a_change_whose_only_new_picture_fails_keeps_the_pictures_there(
    shop: Shop,
) -> None:
    with pictures() as (root, _):
        [made] = shop.writer.write(
            Kind.PRODUCT, [creating("A", images=[picture(f"{root}/a.png")])]
        )
        change = updating(
            str(made.external_id),
            made.handles,
            sku="A",
            name="Renamed",
            images=[picture(f"{root}/missing.png")],
        )
        [outcome] = shop.writer.write(Kind.PRODUCT, [change])
    assert outcome.error is not None
    assert outcome.error.code == "image_unfetchable"
    assert shop.product("A")["name"] == "Renamed"
    assert len(shop.product("A")["images"]) == 1


def test_many_bad_pictures_end_with_the_product_there(shop: Shop) -> None:
    images = [picture(f"http://127.0.0.1:9/{n}.png") for n in range(6)]
    [outcome] = shop.writer.write(Kind.PRODUCT, [creating("A", images=images)])
    assert outcome.error is not None
    assert outcome.error.code == "image_unfetchable"
    assert outcome.external_id == str(shop.product("A")["id"])
    assert shop.product("A")["images"] == []


def test_a_picture_deleted_from_the_library_is_uploaded_anew(shop: Shop) -> None:
    with pictures() as (root, asked):
        number = make(shop, "A")["A"]
        images = [picture(f"{root}/a.png", "k")]
        change = updating(number, {"k": "99999"}, sku="A", images=images)
        [outcome] = shop.writer.write(Kind.PRODUCT, [change])
    assert outcome.error is None
    assert asked == ["/a.png"]
    assert outcome.handles["k"] == str(shop.product("A")["images"][0]["id"])


def test_a_lasting_picture_problem_names_every_picture_that_is_missing(
    shop: Shop,
) -> None:
    images = [picture(f"http://127.0.0.1:9/{n}.png") for n in range(3)]
    [outcome] = shop.writer.write(Kind.PRODUCT, [creating("A", images=images)])
    assert outcome.error is not None
    assert all(f"/{n}.png" in outcome.error.message for n in range(3))
