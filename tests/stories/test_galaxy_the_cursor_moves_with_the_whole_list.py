"""The mark of a list of Galaxy moves when all of it is stored, never before."""

import pytest

from tests.depot_and_shop import Depot
from tests.road import Row


def renamed(pantry: Depot) -> list[Row]:
    """Eight items change, one after the other."""
    chosen = pantry.plain()[:8]
    return [
        pantry.galaxy.do("change_item", id=item["ID"], Description=f"Νέο {place}")
        for place, item in enumerate(chosen)
    ]


def names(pantry: Depot) -> set[str]:
    return {row["name"] for row in pantry.road.shelf().values()}


@pytest.mark.parametrize("kind", ["truncate", "garbage", "drop_after", "status"])
def test_a_list_that_breaks_off_leaves_it_where_it_was(
    pantry: Depot, kind: str
) -> None:
    merchant = pantry.in_step(rows_at_once=2)
    before = pantry.mark(merchant.crystal, "items")
    rows = renamed(pantry)
    pantry.galaxy.fault(kind, "sync/items$", times=-1)
    pantry.wait(hours=2)
    assert pantry.mark(merchant.crystal, "items") == before
    pantry.galaxy.heal()
    pantry.wait(hours=2)
    pantry.wait(hours=2)
    assert names(pantry) > {row["Description"] for row in rows}
    highest = max(row["RevisionNumber"] for row in rows)
    assert pantry.mark(merchant.crystal, "items") == highest
    assert merchant.errors() == []


def test_it_is_the_highest_number_though_the_rows_come_mixed(pantry: Depot) -> None:
    merchant = pantry.in_step(rows_at_once=2)
    rows = renamed(pantry)
    pantry.wait(hours=2)
    highest = max(row["RevisionNumber"] for row in rows)
    assert pantry.mark(merchant.crystal, "items") == highest
    assert names(pantry) > {row["Description"] for row in rows}


def test_a_row_that_cannot_be_mapped_does_not_hold_it_back(pantry: Depot) -> None:
    merchant = pantry.in_step()
    first, second = pantry.plain()[:2]
    pantry.galaxy.do("change_price", id=first["ID"], price="-1.00")
    last = pantry.galaxy.do("change_price", id=second["ID"], price="77.00")
    pantry.wait(hours=2)
    assert pantry.mark(merchant.crystal, "items") == last["RevisionNumber"]
    assert pantry.product(second)["regular_price"] == "77.00"
    [error] = merchant.errors()
    assert (error.code, error.external_id) == ("price_negative", first["ID"])
    pantry.galaxy.do("change_price", id=first["ID"], price="5.00")
    pantry.wait(hours=2)
    assert merchant.errors() == []
    assert pantry.product(first)["regular_price"] == "5.00"
