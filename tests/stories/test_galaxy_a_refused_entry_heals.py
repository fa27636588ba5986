"""A sale Galaxy's business refuses is mailed, tried again, and heals."""

from typing import Any

from tests.depot_and_shop import POST_ENTRY, Depot


def test_a_500_with_words_is_a_refusal_and_the_ladder_tries_again(
    pantry: Depot, mailoutbox: list[Any]
) -> None:
    merchant = pantry.in_step()
    item = pantry.plain()[0]
    pantry.galaxy.do("deactivate_item", id=item["ID"])
    order = pantry.sell({item["Code"]: 2})
    [error] = merchant.errors()
    assert (error.kind, error.external_id) == ("order", str(order["id"]))
    assert "δεν βρέθηκε" in error.message
    assert "SLnet" not in error.message
    assert {call["status"] for call in pantry.galaxy.calls(POST_ENTRY)} == {500}
    assert len(mailoutbox) == 1
    assert pantry.entries() == []
    tried = len(pantry.galaxy.calls(POST_ENTRY))
    pantry.wait(hours=5)
    assert len(pantry.galaxy.calls(POST_ENTRY)) == tried + 1
    pantry.galaxy.do("activate_item", id=item["ID"])
    pantry.wait(hours=5)
    [entry] = pantry.entries()
    assert entry["docid"] == order["number"]
    assert merchant.errors() == []
    assert len(mailoutbox) == 2
