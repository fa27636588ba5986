"""Galaxy's calls to Weft start a look, and nothing they say is data."""

from __future__ import annotations

import json

from integration.models import EventState
from tests.depot_and_shop import DELTA, Depot

LIE = json.dumps({"ID": "1", "Code": "SH-0009", "Balance": 0, "RevisionNumber": 10**9})


def test_a_row_of_hits_is_one_look_and_moves_no_mark(pantry: Depot) -> None:
    merchant = pantry.in_step()
    item = pantry.plain()[0]
    mark = pantry.mark(merchant.crystal, "items")
    row = pantry.galaxy.do("change_price", id=item["ID"], price="321.00")
    told = [
        pantry.hit(merchant, "items", data=LIE, content_type="application/json"),
        pantry.hit(merchant, "items", "GET"),
        pantry.hit(merchant, "items", data=b"\xff{", content_type="text/plain"),
        pantry.hit(merchant, "items", "GET", QUERY_STRING="RevisionNumber=999999"),
    ]
    assert told == [200] * 4
    assert pantry.asked() == []
    assert pantry.mark(merchant.crystal, "items") == mark
    pantry.road.settle()
    assert pantry.asked() == []
    pantry.wait(seconds=40)
    assert sorted(pantry.asked()) == sorted(DELTA)
    assert pantry.mark(merchant.crystal, "items") == row["RevisionNumber"]
    assert pantry.product(item)["regular_price"] == "321.00"
    assert {event.state for event in pantry.events(merchant)} == {EventState.PROCESSED}
    assert len(pantry.shop_front.writes()) == 1


def test_a_hit_about_a_part_reaches_its_item(pantry: Depot) -> None:
    merchant = pantry.in_step()
    item = next(
        item for item in pantry.plain() if len(pantry.parts("itembalances", item)) == 1
    )
    pantry.galaxy.do("change_balance", id=item["ID"], balance=4321)
    assert pantry.hit(merchant, "itembalances") == 200
    pantry.road.settle()
    pantry.wait(seconds=40)
    assert pantry.asked() == ["itembalances"]
    assert pantry.product(item)["stock_quantity"] == 4321


def test_looks_go_on_though_galaxy_calls(pantry: Depot) -> None:
    merchant = pantry.in_step()
    pantry.hit(merchant, "any")
    pantry.road.settle()
    pantry.wait(seconds=40)
    assert {"items", "customers"} <= set(pantry.asked())
    pantry.forget()
    # A change nobody calls about is found by the clock.
    item = pantry.plain()[0]
    pantry.galaxy.do("change_price", id=item["ID"], price="9.99")
    pantry.wait(hours=2)
    assert pantry.product(item)["regular_price"] == "9.99"
    assert sorted(pantry.asked()) == sorted(DELTA)


def test_a_wrong_token_asks_for_nothing(pantry: Depot) -> None:
    merchant = pantry.in_step()
    merchant.crystal.hook_token = "somebody-elses"
    assert pantry.hit(merchant, "any") == 404
    pantry.road.settle()
    pantry.wait(seconds=40)
    assert pantry.asked() == []
