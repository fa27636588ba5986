"""The circuit of a connection: stop calling what does not answer, say so once."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from integration.errors import BadCredentials, SyncFailure
from integration.models import Connection, Health

# Failures in a row that open the circuit, the first pause and the longest, in seconds.
OPENS_AFTER = 5
FIRST_PAUSE = 60
LONGEST_PAUSE = 1800


def failed(connection: Connection, failure: SyncFailure) -> None:
    """One more failure to reach the platform at all."""
    Connection.everywhere.filter(pk=connection.pk).update(
        circuit_failures=F("circuit_failures") + 1
    )
    connection.refresh_from_db(fields=["circuit_failures"])
    over = connection.circuit_failures - OPENS_AFTER
    if over < 0:
        return
    pause = min(FIRST_PAUSE * 2 ** min(over, 10), LONGEST_PAUSE)
    Connection.everywhere.filter(pk=connection.pk, health=Health.HEALTHY).update(
        health=Health.TROUBLE
    )
    Connection.everywhere.filter(pk=connection.pk).update(
        circuit_until=timezone.now() + timedelta(seconds=pause),
        problem=failure.message,
    )


def answered(connection: Connection) -> bool:
    """The platform answers; True where that ends a trouble."""
    Connection.everywhere.filter(pk=connection.pk, circuit_failures__gt=0).update(
        circuit_failures=0, circuit_until=None
    )
    return bool(
        Connection.everywhere.filter(pk=connection.pk, health=Health.TROUBLE).update(
            health=Health.HEALTHY, problem=""
        )
    )


def locked_out(connection: Connection, failure: BadCredentials) -> bool:
    """The platform refuses our keys: stop at once. True the first time."""
    return bool(
        Connection.everywhere.filter(
            pk=connection.pk, health__in=(Health.HEALTHY, Health.TROUBLE)
        ).update(health=Health.NEEDS_REAUTH, problem=failure.message)
    )
