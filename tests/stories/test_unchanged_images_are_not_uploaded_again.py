"""Images that did not change are not uploaded again."""

import pytest

from tests.road import Road, Row


@pytest.fixture
def pictured(road: Road) -> Row:
    """A product with two pictures."""
    first = road.goods()[0]
    files = f"{road.back.root}/files"
    road.change(first, images=[f"{files}/front.png", f"{files}/side.png"])
    road.in_step()
    return next(row for row in road.goods() if row["id"] == first["id"])


def test_a_new_description_brings_no_picture(road: Road, pictured: Row) -> None:
    before = road.front.ledger("attachments")
    road.change(pictured, description="<p>Now with a longer text.</p>")
    road.later(hours=2)
    assert "longer text" in road.shelf()[pictured["id"]]["description"]
    assert road.front.ledger("attachments") == before
    assert road.back.calls("/files/") == []


def test_a_third_picture_is_the_only_one_fetched(road: Road, pictured: Row) -> None:
    before = road.shelf()[pictured["id"]]["images"]
    third = f"{road.back.root}/files/back.png"
    road.change(pictured, images=[*pictured["images"], third])
    road.later(hours=2)
    after = road.shelf()[pictured["id"]]["images"]
    assert [image["id"] for image in after[:2]] == [image["id"] for image in before]
    assert len(after) == 3
    assert [call["path"] for call in road.back.calls("/files/")] == ["/files/back.png"]


def test_a_renewed_signature_is_no_new_picture(road: Road, pictured: Row) -> None:
    signed = [f"{address}?signature=another" for address in pictured["images"]]
    road.change(pictured, images=signed)
    road.later(hours=2)
    assert road.back.calls("/files/") == []
    assert road.front.writes() == []
