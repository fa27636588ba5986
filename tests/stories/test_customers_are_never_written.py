"""Customers are read and linked, never written."""

import pytest

from integration.engine import routes
from integration.errors import BadConfig
from integration.models import Link
from tests.road import Platform, Road

ANN = {"email": "ann@example.com", "first_name": "Ann", "username": "ann"}


def customer_writes(shop: Platform) -> list[str]:
    return [call for call in shop.writes() if "customers" in call]


def test_two_shops_know_one_customer_by_her_e_mail(
    road: Road, second_shop: Platform
) -> None:
    road.front.do("seed", customers=[ANN])
    second_shop.do("seed", customers=[{**ANN, "email": "Ann@Example.com"}])
    merchant = road.merchant()
    other = road.connect_shop(merchant.tenant, url=second_shop.root)
    for shop in (merchant.shop, other):
        road.read(shop, "customers")
    known = Link.objects.for_tenant(merchant.tenant).filter(
        kind="customer", record__match_keys__value=ANN["email"]
    )
    assert {link.connection_id for link in known} == {merchant.shop.pk, other.pk}
    assert len({link.record_id for link in known}) == 1
    assert customer_writes(road.front) + customer_writes(second_shop) == []


def test_an_order_of_a_customer_touches_no_customer(road: Road) -> None:
    road.in_step()
    (ann,) = road.front.do("seed", customers=[ANN])["customers"]
    road.buy(next(iter(road.shelf())), customer_id=ann)
    road.later(hours=2)
    assert len(road.sold()) == 1
    assert customer_writes(road.front) == []


def test_no_route_can_be_laid_that_would_write_them(
    road: Road, second_shop: Platform
) -> None:
    merchant = road.merchant(routes=False)
    other = road.connect_shop(merchant.tenant, url=second_shop.root)
    with pytest.raises(BadConfig, match="takes no customer"):
        routes.add(merchant.tenant, "customer", merchant.shop, other)
