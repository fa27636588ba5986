"""Several workers at once: everything is told, and told once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connections

from integration.models import Connection
from synclog import alerts, journal
from synclog.journal import Problem
from synclog.models import ErrorGroup, Notice, NoticeState, SyncError
from tests.synclog.conftest import Mailbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORKERS = 4

Result = TypeVar("Result")


def side_by_side(work: Callable[[], Result]) -> list[Result]:
    """Do the same in several threads that start together."""
    start = Barrier(WORKERS)

    def one(_: int) -> Result:
        try:
            start.wait(60)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def orders(*numbers: int) -> list[Problem]:
    """Refused orders, each of a sort of its own."""
    return [
        Problem("order", str(number), f"code_{number}", "", "Refused.")
        for number in numbers
    ]


@pytest.mark.django_db(transaction=True)
def test_workers_that_plan_at_once_plan_each_mail_once(crystal: Connection) -> None:
    journal.open_problems(crystal, orders(*range(6)), at=NOON)
    planned = side_by_side(lambda: alerts.plan_notices(NOON))
    assert sum(planned) == 6
    assert Notice.everywhere.count() == 6
    assert set(ErrorGroup.everywhere.values_list("mails", flat=True)) == {1}
    assert not SyncError.everywhere.filter(told_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_that_send_at_once_send_each_mail_once(
    crystal: Connection, mailbox: Mailbox
) -> None:
    journal.open_problems(crystal, orders(*range(6)), at=NOON)
    alerts.plan_notices(NOON)

    def drain() -> int:
        count = 0
        while alerts.tell(NOON):
            count += 1
        return count

    assert sum(side_by_side(drain)) == 6
    assert len(set(mailbox.subjects)) == len(mailbox.messages) == 6
    assert set(Notice.everywhere.values_list("state", flat=True)) == {NoticeState.SENT}


@pytest.mark.django_db(transaction=True)
def test_workers_that_meet_the_same_problem_open_it_once(crystal: Connection) -> None:
    side_by_side(lambda: journal.open_problems(crystal, orders(1, 2), at=NOON))
    assert SyncError.everywhere.count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_that_lose_a_connection_at_once_mail_it_once(
    crystal: Connection,
) -> None:
    side_by_side(lambda: alerts.connection_lost(crystal, NOON))
    assert Notice.everywhere.count() == 1
    side_by_side(lambda: alerts.connection_back(crystal, NOON))
    assert Notice.everywhere.count() == 1
