"""An order that is cancelled after it was sent is told, and nothing is sent."""

from tests.road import Road


def test_it_is_one_open_problem_that_names_both_numbers(road: Road) -> None:
    merchant = road.in_step()
    order = road.buy(next(iter(road.shelf())))
    road.later(hours=2)
    (there,) = road.sold()
    road.front.do("edit", kind="order", id=order["id"], changes={"status": "cancelled"})
    road.forget()
    road.later(hours=2)
    (error,) = merchant.errors()
    assert error.code == "undone_after_sending"
    assert there["id"] in error.message
    assert order["number"] in error.message
    assert road.sold() == [there]
    assert road.back.writes() == []
    road.later(days=1)
    assert len(merchant.errors()) == 1


def test_one_cancelled_before_it_was_paid_is_nobody_s_problem(road: Road) -> None:
    merchant = road.in_step()
    order = road.buy(next(iter(road.shelf())), paid=False)
    road.later(hours=2)
    road.front.do("edit", kind="order", id=order["id"], changes={"status": "cancelled"})
    road.later(hours=2)
    assert merchant.errors() == []
    assert road.sold() == []
