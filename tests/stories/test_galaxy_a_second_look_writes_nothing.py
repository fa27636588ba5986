"""A second look at Galaxy writes nothing and asks only for what is new."""

from tests.depot_and_shop import DELTA, Depot


def test_it_costs_one_call_for_each_list_and_writes_nothing(pantry: Depot) -> None:
    merchant = pantry.in_step()
    before = pantry.road.shelf()
    pantry.wait(hours=2)
    assert sorted(pantry.asked()) == sorted(DELTA)
    assert pantry.shop_front.writes() == []
    assert pantry.road.shelf() == before
    assert merchant.runs("items")[-1].read == 0


def test_it_asks_for_higher_numbers_than_it_holds(pantry: Depot) -> None:
    merchant = pantry.in_step()
    pantry.wait(hours=2)
    for name in ("items", "itemaltercodes", "itemimages", "itemprices"):
        [query] = pantry.queries(name)
        highest = max(row["RevisionNumber"] for row in shown(pantry, name))
        assert query["RevisionNumber"] == [str(highest)]
        assert pantry.mark(merchant.crystal, name) == highest


def shown(pantry: Depot, name: str) -> list[dict[str, int]]:
    """The rows of a list that the retail scenario shows."""
    if name == "items":
        return pantry.items()
    return [row for item in pantry.items() for row in pantry.parts(name, item)]
