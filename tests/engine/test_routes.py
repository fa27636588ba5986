"""A route that could not work, or would fight another, is refused."""

from __future__ import annotations

from typing import Any

import pytest

from integration.engine import routes
from integration.errors import BadConfig
from integration.models import Connection, Policy, Route, Tenant


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(slug="acme", name="Acme")


def account(tenant: Tenant, platform: str, name: str) -> Connection:
    return Connection.everywhere.create(
        tenant=tenant, platform=platform, account=name, label=name
    )


def refused(*given: Any, **rules: Any) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        routes.add(*given, **rules)
    return caught.value


def test_each_kind_gets_the_policy_that_suits_it(tenant: Tenant) -> None:
    back, shop = account(tenant, "crystal", "a"), account(tenant, "woocommerce", "b")
    assert routes.add(tenant, "product", back, shop).policy == Policy.OVERWRITE
    assert routes.add(tenant, "order", shop, back).policy == Policy.CREATE_ONLY


def test_a_target_takes_a_kind_from_one_master_alone(tenant: Tenant) -> None:
    shop = account(tenant, "woocommerce", "shop")
    first, second = account(tenant, "crystal", "a"), account(tenant, "crystal", "b")
    standing = routes.add(tenant, "product", first, shop)
    assert refused(tenant, "product", second, shop).field == "target"
    standing.enabled = False
    standing.save()
    routes.add(tenant, "product", second, shop)
    standing.enabled = True
    with pytest.raises(BadConfig, match="already takes its product"):
        routes.check(standing)


def test_two_shops_may_both_send_their_orders_to_one_back_office(
    tenant: Tenant,
) -> None:
    back = account(tenant, "crystal", "back")
    for name in ("one", "two"):
        routes.add(tenant, "order", account(tenant, "woocommerce", name), back)
    assert Route.everywhere.count() == 2


def test_two_masters_in_opposite_directions_are_refused(tenant: Tenant) -> None:
    one, two = account(tenant, "woocommerce", "1"), account(tenant, "woocommerce", "2")
    routes.add(tenant, "product", one, two)
    assert refused(tenant, "product", two, one).field == "policy"
    routes.add(tenant, "product", two, one, policy=Policy.CREATE_ONLY)


@pytest.mark.parametrize(
    ("kind", "ends", "rules", "field"),
    [
        ("nonsense", "back shop", {}, "kind"),
        ("product", "shop back", {}, "kind"),
        ("order", "back shop", {}, "kind"),
        ("product", "back back", {}, "target"),
        ("product", "stranger shop", {}, "source"),
        ("product", "back stranger", {}, "target"),
        ("product", "back shop", {"filters": ["mug"]}, "filters"),
        ("product", "back shop", {"filters": {"name": ["mug"]}}, "filters"),
        ("product", "back shop", {"filters": {"product.name": "mug"}}, "filters"),
        ("product", "back shop", {"filters": {"order.number": ["1"]}}, "filters"),
        ("product", "back shop", {"filters": {"product.colour": ["red"]}}, "filters"),
        ("product", "back shop", {"filters": {"product.tags[": ["red"]}}, "filters"),
        ("product", "back shop", {"match": "sku"}, "match"),
    ],
)
def test_a_route_that_cannot_work_names_the_field(
    kind: str, ends: str, rules: dict[str, Any], field: str, tenant: Tenant
) -> None:
    other = Tenant.objects.create(slug="other", name="Other")
    known = {
        "back": account(tenant, "crystal", "back"),
        "shop": account(tenant, "woocommerce", "shop"),
        "stranger": account(other, "crystal", "stranger"),
    }
    source, target = (known[name] for name in ends.split())
    assert refused(tenant, kind, source, target, **rules).field == field
    assert not Route.everywhere.exists()


def test_the_same_route_is_not_laid_twice(tenant: Tenant) -> None:
    back, shop = account(tenant, "crystal", "a"), account(tenant, "woocommerce", "b")
    routes.add(tenant, "product", back, shop)
    assert refused(tenant, "product", back, shop).field == "kind"
