"""The queue holds tokens alone: two schedules, three functions, no arguments."""

from __future__ import annotations

import time

import pytest
from django_q.models import OrmQ, Schedule

from integration.jobs import bell, schedules, tasks
from integration.models import Connection
from tests.jobs.merchant import Merchant, poll, wait_for
from tests.jobs.processes import RunWorker

Pair = tuple[Connection, Connection]
FUNCTIONS = {
    "integration.jobs.tasks.drain",
    "integration.jobs.tasks.tick",
    "integration.jobs.tasks.keep_house",
}


def rows() -> dict[str, tuple[str, object, object, object]]:
    return {
        row.name: (row.func, row.args, row.kwargs, row.hook)
        for row in Schedule.objects.all()
    }


WANTED = {
    "weft-tick": ("integration.jobs.tasks.tick", None, None, None),
    "weft-housekeeping": ("integration.jobs.tasks.keep_house", None, None, None),
}


@pytest.mark.django_db
def test_exactly_two_schedules_are_made() -> None:
    schedules.ensure()
    schedules.ensure()

    assert Schedule.objects.count() == 2
    assert rows() == WANTED


@pytest.mark.django_db
def test_a_foreign_a_repeated_and_a_malformed_schedule_do_not_stay() -> None:
    schedules.ensure()
    Schedule.objects.create(name="mine", func="os.system", args="'reboot'")
    Schedule.objects.create(name=schedules.TICK, func="os.system")
    Schedule.objects.filter(name=schedules.HOUSE).update(
        func="os.system", args="(((", kwargs="x", hook="os.system", repeats=0
    )

    schedules.ensure()

    assert Schedule.objects.count() == 2
    assert rows() == WANTED
    assert set(Schedule.objects.values_list("repeats", flat=True)) == {-1}


@pytest.mark.django_db
def test_setting_them_right_leaves_their_times_alone() -> None:
    schedules.ensure()
    before = set(Schedule.objects.values_list("name", "next_run"))

    schedules.ensure()

    assert set(Schedule.objects.values_list("name", "next_run")) == before


@pytest.mark.django_db(transaction=True)
def test_the_functions_the_schedules_name_exist() -> None:
    assert {tasks.drain.__name__, tasks.tick.__name__, tasks.keep_house.__name__} == {
        name.rpartition(".")[2] for name in FUNCTIONS
    }


@pytest.mark.django_db(transaction=True)
def test_ringing_adds_few_tokens_however_often_it_is_done() -> None:
    for _ in range(20):
        bell.ring()

    assert 0 < OrmQ.objects.count() <= bell.ENOUGH * 2


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_was_full_is_rung_again_when_its_tokens_are_taken() -> None:
    for _ in range(20):
        bell.ring()
    OrmQ.objects.all().delete()
    time.sleep(bell.FULL_LASTS)

    bell.ring()

    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_only_tokens_without_arguments_are_ever_queued(
    merchant: Merchant, connections: Pair, worker: RunWorker
) -> None:
    from integration.engine import connect

    connect.first_sync(connections[0])
    seen: dict[int, tuple[str, object, object]] = {}

    def arrived() -> bool:
        for token in OrmQ.objects.all():
            task = token.task
            seen[token.pk] = (task["func"], tuple(task["args"]), task["kwargs"])
        return len(merchant.shop_products()) == 5 and not merchant.out_of_step()

    wait_for("five products in the shop", arrived)
    merchant.buy(next(iter(merchant.shop_products())))
    poll(connections[1])
    wait_for("the order in Crystal", lambda: arrived() and merchant.crystal_orders())

    assert seen
    assert {function for function, _, _ in seen.values()} <= FUNCTIONS
    assert {(args, tuple(kwargs)) for _, args, kwargs in seen.values()} == {((), ())}


@pytest.mark.django_db(transaction=True)
def test_a_foreign_schedule_made_while_the_worker_runs_is_removed(
    merchant: Merchant, worker: RunWorker
) -> None:
    Schedule.objects.create(name="mine", func="os.system", args="(((")

    wait_for("two schedules", lambda: rows() == WANTED)
