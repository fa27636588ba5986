"""Several times a day the oldest rows are looked at again: changes without a date and
ghosts are found, and no look costs more than it may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integration.models import Connection, Cursor, Run, Sighting
from tests.road import Merchant, Road

TURN = {"hours": 4, "minutes": 49}


@pytest.fixture
def merchant(road: Road) -> Merchant:
    """In step, its back office can be asked for single products; the first turn of the
    rotation is over."""
    road.back.do("settings", single=True)
    merchant = road.in_step(single_product=True)
    road.later(minutes=1)
    return merchant


def looks(merchant: Merchant) -> list[Run]:
    return [run for run in merchant.runs("products") if run.cause == "rotation"]


def make_oldest(product_id: str) -> None:
    Sighting.everywhere.filter(external_id=product_id).update(
        seen_at=timezone.now() - timedelta(days=9)
    )


def test_ten_rows_are_looked_at_five_times_a_day(
    road: Road, merchant: Merchant
) -> None:
    assert looks(merchant) == []
    for turn in range(1, 5):
        road.later(**TURN)
        assert len(looks(merchant)) == turn
    assert {(run.read, run.calls <= 20) for run in looks(merchant)} == {(10, True)}
    assert {run.priority for run in looks(merchant)} == {60}


def test_a_change_without_a_date_is_found(road: Road, merchant: Merchant) -> None:
    product = road.goods()[-1]
    make_oldest(product["id"])
    road.change(product, quantity=4321, touch=False)
    road.later(**TURN)
    assert road.shelf()[product["id"]]["stock_quantity"] == 4321


def test_a_ghost_is_gone_after_as_many_looks_as_its_list_declares(
    road: Road, merchant: Merchant
) -> None:
    ghost = road.goods()[-1]["id"]
    make_oldest(ghost)
    road.back.do("hide", id=ghost)
    road.later(**TURN)
    assert Sighting.everywhere.get(external_id=ghost).gone_at is None
    assert road.shelf()[ghost]["status"] == "publish"
    road.later(**TURN)
    assert Sighting.everywhere.get(external_id=ghost).gone_at is not None
    assert road.shelf()[ghost]["status"] == "draft"
    assert merchant.errors() == []


def test_one_that_comes_back_in_between_is_no_ghost(
    road: Road, merchant: Merchant
) -> None:
    ghost = road.goods()[-1]["id"]
    make_oldest(ghost)
    for does in ("hide", "show", "hide"):
        road.back.do(does, id=ghost)
        road.later(**TURN)
        make_oldest(ghost)
    assert Sighting.everywhere.get(external_id=ghost).gone_at is None
    assert road.shelf()[ghost]["status"] == "publish"


def test_many_that_are_not_answered_are_no_ghosts(road: Road) -> None:
    road.stock(60)
    road.back.do("settings", single=True)
    merchant = road.in_step(single_product=True)
    Connection.everywhere.filter(pk=merchant.crystal.pk).update(
        rotate_items=40, rotate_calls=50
    )
    road.later(minutes=1)
    for product in road.goods():
        road.back.do("hide", id=product["id"])
    for _ in range(3):
        road.later(**TURN)
    assert looks(merchant)[-1].skipped == 40
    assert not Sighting.everywhere.filter(gone_at__isnull=False).exists()


def test_a_look_takes_fewer_items_where_calls_are_few(
    road: Road, merchant: Merchant
) -> None:
    Connection.everywhere.update(rotate_items=7)
    road.later(**TURN)
    assert looks(merchant)[-1].read == 7


def test_a_look_that_was_dear_is_made_as_much_more_rarely(road: Road) -> None:
    merchant = road.in_step(page_size=2)
    Connection.everywhere.update(rotate_calls=2)
    road.later(minutes=1)
    road.later(**TURN)
    (dear,) = looks(merchant)
    assert dear.calls in (5, 6)
    for turn in range(1, 4):
        assert len(looks(merchant)) == 1, turn
        road.later(**TURN)
    assert len(looks(merchant)) == 2


def test_nothing_is_looked_at_while_everything_is_read(
    road: Road, merchant: Merchant
) -> None:
    from integration.contract.messages import Everything
    from integration.engine import clock
    from integration.engine.reread import connection as read

    read(merchant.crystal, Everything())
    road.pass_time(**TURN)
    clock.tick()
    assert looks(merchant) == []
    road.settle()
    turned = Cursor.everywhere.get(connection=merchant.crystal, stream="products")
    assert turned.rotated_at is not None
    assert turned.rotated_at > timezone.now() - timedelta(minutes=5)


def test_no_rotation_where_it_is_switched_off_or_nothing_is_routed(
    road: Road, merchant: Merchant
) -> None:
    Connection.everywhere.filter(pk=merchant.crystal.pk).update(rotate_every=0)
    road.later(**TURN)
    causes = set(Run.everywhere.values_list("cause", "stream"))
    assert not {stream for cause, stream in causes if cause == "rotation"}
