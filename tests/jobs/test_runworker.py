"""`manage.py runworker`: works, ends gracefully, and survives whatever is killed."""

from __future__ import annotations

import os
import signal
import time

import pytest

from integration.engine import connect
from integration.jobs import guard
from integration.models import Connection, Cursor, Delivery, DeliveryState, WorkerBeat
from tests.jobs.merchant import Merchant, poll, wait_for, work_through
from tests.jobs.processes import RunWorker, busy, living, strike

Pair = tuple[Connection, Connection]
# A stop lets the current piece of work end; a supervisor waits at least this long.
GRACE = 180
# Seconds a write is in flight: long enough to be seen there.
SLOW = 10.0


def in_step(merchant: Merchant) -> bool:
    return len(merchant.shop_products()) == 5 and not merchant.out_of_step()


def all_arrived(merchant: Merchant) -> bool:
    return merchant.crystal_orders() == dict.fromkeys(merchant.shop_orders(), 1)


@pytest.fixture
def stocked(merchant: Merchant, connections: Pair) -> Connection:
    """A shop that is in step already; gives its connection."""
    crystal, shop = connections
    connect.first_sync(crystal)
    connect.first_sync(shop)
    work_through()
    assert in_step(merchant)
    return shop


def order(merchant: Merchant, shop: Connection) -> None:
    """One more order, and a poll that will find it, soon."""
    merchant.buy(next(iter(merchant.shop_products())))
    poll(shop)


def test_what_is_due_when_the_worker_starts_is_done(
    merchant: Merchant, connections: Pair, worker: RunWorker
) -> None:
    connect.first_sync(connections[0])

    wait_for("five products in the shop", lambda: in_step(merchant))


def test_the_tick_asks_for_the_reads_the_clock_owes(
    merchant: Merchant, connections: Pair, worker: RunWorker
) -> None:
    asked = Cursor.everywhere.filter(asked_at__isnull=False)

    wait_for("the clock's first reads", lambda: asked.count() >= 2, 240)


def test_a_sale_is_carried_over_while_the_worker_runs(
    merchant: Merchant, stocked: Connection, worker: RunWorker
) -> None:
    order(merchant, stocked)

    wait_for("the order in Crystal", lambda: all_arrived(merchant))


@pytest.mark.parametrize("to_the_group", [False, True], ids=["SIGTERM", "Ctrl-C"])
def test_a_stop_lets_the_current_piece_of_work_end(
    merchant: Merchant, stocked: Connection, worker: RunWorker, to_the_group: bool
) -> None:
    merchant.fault("crystal", "slow", "POST", "orders", delay=SLOW)
    order(merchant, stocked)
    wait_for(
        "a write in flight",
        lambda: Delivery.everywhere.filter(state=DeliveryState.SENDING).exists(),
    )

    if to_the_group:
        os.killpg(worker.pid, signal.SIGINT)
    else:
        worker.kill(signal.SIGTERM)
    worker.process.wait(GRACE)

    assert worker.process.returncode == 0
    wait_for("all below it to end", lambda: not worker.tree())
    assert all_arrived(merchant)
    sent = Delivery.everywhere.get(kind="order")
    assert (sent.state, sent.attempts, sent.crashes) == (DeliveryState.DONE, 0, 0)


def test_an_idle_worker_stops_within_seconds(worker: RunWorker) -> None:
    begin = time.monotonic()

    worker.kill(signal.SIGTERM)
    worker.process.wait(GRACE)

    # It ends by itself, and is not killed when the guard's patience ends.
    assert time.monotonic() - begin < guard.GRACE
    wait_for("all below it to end", lambda: not worker.tree())


def test_idle_workers_killed_freeze_the_queue_and_the_watchdog_thaws_it(
    merchant: Merchant, stocked: Connection, worker: RunWorker
) -> None:
    wait_for("idle workers", lambda: not busy(worker) and len(worker.pool()) >= 2)
    for pid in worker.pool():
        strike(pid)

    order(merchant, stocked)

    wait_for("the order in Crystal", lambda: all_arrived(merchant), 240)


def test_a_busy_worker_killed_loses_and_doubles_nothing(
    merchant: Merchant, stocked: Connection, worker: RunWorker
) -> None:
    merchant.fault("crystal", "slow", "POST", "orders", delay=SLOW)
    order(merchant, stocked)
    sending = Delivery.everywhere.filter(state=DeliveryState.SENDING)
    pid = wait_for("a busy worker", lambda: sending.exists() and busy(worker))

    assert strike(pid)

    wait_for("the order in Crystal", lambda: all_arrived(merchant), 240)
    wait_for(
        "the delivery to be known as done",
        lambda: Delivery.everywhere.get(kind="order").state == DeliveryState.DONE,
        240,
    )
    assert all_arrived(merchant)


@pytest.mark.parametrize("victim", ["sentinel", "parent"])
def test_a_killed_head_of_the_cluster_is_replaced_with_all_below_it(
    merchant: Merchant, stocked: Connection, worker: RunWorker, victim: str
) -> None:
    before = set(worker.tree())
    head = worker.sentinel if victim == "sentinel" else worker.parent
    pid = wait_for(f"the {victim}", head)

    assert strike(pid)
    order(merchant, stocked)

    # Until the guard notices, the orphans may go on working: that harms nobody.
    wait_for("the orphans to end", lambda: not before & set(living()))
    wait_for("the order in Crystal", lambda: all_arrived(merchant), 240)
    wait_for("another cluster", lambda: worker.restarts() >= 1)


@pytest.mark.parametrize("with_parent", [False, True])
def test_a_cluster_does_not_outlive_its_guard(
    merchant: Merchant, stocked: Connection, worker: RunWorker, with_parent: bool
) -> None:
    tree = set(worker.tree())
    if with_parent:
        strike(wait_for("the parent", worker.parent))
    worker.kill(signal.SIGKILL)

    wait_for("the orphans to end", lambda: not tree & set(living()), 240)


def test_signs_of_life_go_on_while_there_is_nothing_to_do(worker: RunWorker) -> None:
    first = wait_for("a first beat", WorkerBeat.objects.first)

    wait_for(
        "a later beat",
        lambda: WorkerBeat.objects.get(pk=first.pk).beat_at > first.beat_at,
    )
    assert worker.restarts() == 0
