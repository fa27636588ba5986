"""`manage.py route`: what goes where, and what a new route brings at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.management.conftest import Ended
from tests.road import Road

Run = Callable[..., Ended]
TO_SHOP = ("crystal", "woocommerce", "--tenant", "acme")
TO_CRYSTAL = ("woocommerce", "crystal", "--tenant", "acme")


def test_a_kind_brings_its_own_policy(run: Run, road: Road) -> None:
    from integration.models import Route

    road.merchant(routes=False)
    words = "order_status.word=processing, completed"
    assert run("route", "product", *TO_SHOP).error == ""
    assert run("route", "order", *TO_CRYSTAL, "--filter", words).error == ""
    found = {route.kind: route for route in Route.everywhere.all()}
    assert found["product"].policy == "overwrite"
    assert found["order"].policy == "create_only"
    assert found["order"].filters == {"order_status.word": ["processing", "completed"]}
    listed = run("route", "--list", "--tenant", "acme").out
    assert "product: Crystal → WooCommerce, overwrite" in listed
    assert "order: WooCommerce → Crystal, create_only" in listed


def test_saying_it_again_changes_the_rules(run: Run, road: Road) -> None:
    from integration.models import Route

    road.merchant(routes=False)
    run("route", "product", *TO_SHOP)
    ended = run("route", "product", *TO_SHOP, "--every", 900, "--policy", "create_only")
    assert ended.out.startswith("Changed: ")
    route = Route.everywhere.get()
    assert (route.every, route.policy) == (900, "create_only")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("product", *TO_CRYSTAL), "Crystal takes no product; it takes: order."),
        (("customer", *TO_SHOP), "Crystal gives no customer"),
        (("product", "crystal", "crystal", "--tenant", "acme"), "one connection to an"),
        (("boat", *TO_SHOP), "“boat” is no kind"),
        (("product", "crystal", "etsy", "--tenant", "acme"), "no connection “etsy”"),
        (("product", "crystal", "woocommerce", "--tenant", "x"), "no merchant “x”"),
        (("product", "--tenant", "acme"), "Say kind, source and target"),
        (("product", *TO_SHOP, "--every", "5"), "once a minute"),
        (("product", *TO_SHOP, "--filter", "status"), "write it as kind.field=word"),
        (("product", *TO_SHOP, "--filter", "order.x=y"), "and no “order”"),
        (("product", *TO_SHOP, "--remove"), "no such route"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(
    run: Run, road: Road, arguments: tuple[str, ...], said: str
) -> None:
    from integration.models import Route

    road.merchant(routes=False)
    assert said in run("route", *arguments).error
    assert not Route.everywhere.exists()


def test_two_accounts_of_one_platform_are_told_apart_by_number(
    run: Run, road: Road
) -> None:
    merchant = road.merchant(routes=False)
    other = road.connect_crystal(merchant.tenant, organisation="Other")
    ended = run("route", "product", *TO_SHOP)
    assert f"{merchant.crystal.pk} Crystal" in ended.error
    assert f"{other.pk} Crystal" in ended.error
    shop = ("woocommerce", "--tenant", "acme")
    assert run("route", "product", other.pk, *shop).error == ""


def test_a_route_that_ends_takes_its_webhooks_with_it(run: Run, road: Road) -> None:
    from integration.models import Route

    road.merchant(routes=False)
    run("route", "order", *TO_CRYSTAL, "--no-sync")
    assert road.front.ledger("webhooks")
    assert run("route", "order", *TO_CRYSTAL, "--remove").error == ""
    assert not Route.everywhere.exists()
    assert road.front.ledger("webhooks") == []


def test_a_first_route_reads_its_list_and_a_later_one_brings_what_was_read(
    run: Run, road: Road
) -> None:
    road.merchant(routes=False)
    for kind in ("category", "product"):
        assert "products" in run("route", kind, *TO_SHOP).out
    road.settle()
    assert all(row["stock_quantity"] is None for row in road.shelf().values())
    road.forget()
    assert "is being brought there" in run("route", "stock", *TO_SHOP).out
    road.settle()
    assert all(row["stock_quantity"] is not None for row in road.shelf().values())
    assert road.back.calls("products") == []


def test_a_later_route_brings_only_what_fits_its_filter(run: Run, road: Road) -> None:
    from integration.models import Delivery

    road.merchant(routes=False)
    run("route", "category", *TO_SHOP)
    road.settle()
    wanted = [row["product_number"] for row in road.goods()[:2]]
    words = f"product.reference={','.join(wanted)}"
    run("route", "product", *TO_SHOP, "--filter", words)
    road.settle()
    assert Delivery.everywhere.filter(kind="product").count() == len(wanted)


def test_sales_made_before_the_route_are_not_sent(run: Run, road: Road) -> None:
    from integration.models import Run as Read

    merchant = road.in_step()
    sku = next(iter(road.shelf()))
    road.buy(sku)
    road.read(merchant.shop, "orders")
    assert len(road.sold()) == 1
    other = road.connect_crystal(merchant.tenant, organisation="Other")
    shop = ("woocommerce", other.pk, "--tenant", "acme")
    ended = run("route", "order", *shop)
    assert "From now on." in ended.out
    assert not Read.everywhere.filter(cause="route").exists()
    road.settle()
    assert len(road.sold()) == 1
