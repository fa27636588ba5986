"""A connection or a merchant that is removed leaves no row behind."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from integration.models import (
    CallUsage,
    Connection,
    Link,
    MatchKey,
    Record,
    Route,
    Sighting,
    Tenant,
)
from integration.models.scope import ManyRowsModel
from tests.road import Road, clock, road

__all__ = ["clock", "road"]


def test_these_are_the_tables_the_database_does_not_watch() -> None:
    assert set(ManyRowsModel.__subclasses__()) == {Link, MatchKey, Record, Sighting}


@pytest.mark.django_db(transaction=True)
def test_a_removed_connection_takes_its_rows_along(road: Road) -> None:
    merchant = road.in_step()
    kept = Link.everywhere.filter(connection=merchant.shop).count()
    assert kept
    merchant.crystal.delete()
    for model in (Link, MatchKey, Sighting):
        left = set(model.everywhere.values_list("connection", flat=True))
        assert left == {merchant.shop.pk}
    assert Link.everywhere.filter(connection=merchant.shop).count() == kept


@pytest.mark.django_db(transaction=True)
def test_a_removed_merchant_takes_every_row_along(road: Road) -> None:
    road.in_step()
    Tenant.objects.all().delete()
    for model in (Connection, Link, MatchKey, Record, Sighting):
        assert not model.everywhere.exists()


@pytest.mark.django_db(transaction=True)
def test_a_removed_route_leaves_its_calls_counted(road: Road) -> None:
    merchant = road.in_step()

    def counted() -> dict[str, int]:
        mine = CallUsage.everywhere.filter(connection=merchant.shop)
        return mine.aggregate(calls=Sum("calls"), throttled=Sum("throttled"))

    before = counted()
    assert before["calls"]
    Route.everywhere.filter(tenant=merchant.tenant).delete()
    assert counted() == before
    assert not CallUsage.everywhere.exclude(route=None).exists()
