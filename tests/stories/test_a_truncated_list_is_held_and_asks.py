"""A list that is suspiciously short unpublishes nothing until a person says so."""

import pytest

from integration.contract.messages import Everything
from integration.engine import steer
from integration.models import Run, RunState
from tests.road import Merchant, Road


@pytest.fixture
def shortened(road: Road) -> tuple[Merchant, Run]:
    """Half of the list is missing for the second time."""
    road.stock(30)
    merchant = road.in_step()
    lost = [row["id"] for row in road.goods()[:15]]
    road.back.do("hide", ids=lost)
    road.read(merchant.crystal, "products", Everything())
    return merchant, road.read(merchant.crystal, "products", Everything())


def published(road: Road) -> int:
    return sum(row["status"] == "publish" for row in road.shelf().values())


def test_it_is_held_and_says_how_much_is_gone(
    road: Road, shortened: tuple[Merchant, Run]
) -> None:
    _, run = shortened
    assert run.state == RunState.HELD
    assert "15 of 30" in run.message
    assert published(road) == 30
    road.later(hours=6)
    assert published(road) == 30


def test_a_person_who_says_yes_lets_it_go_on(
    road: Road, shortened: tuple[Merchant, Run]
) -> None:
    _, run = shortened
    assert steer.go_on(Run.everywhere.filter(pk=run.pk)) == 1
    road.settle()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert published(road) == 15


def test_a_person_who_says_no_keeps_everything(
    road: Road, shortened: tuple[Merchant, Run]
) -> None:
    merchant, run = shortened
    assert steer.cancel(Run.everywhere.filter(pk=run.pk)) == 1
    road.back.do("show", ids=road.back.ledger("hidden"))
    road.read(merchant.crystal, "products", Everything())
    road.read(merchant.crystal, "products", Everything())
    assert published(road) == 30
