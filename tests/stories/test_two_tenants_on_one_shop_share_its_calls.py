"""Two tenants on one shop share the calls it allows."""

from datetime import datetime

from integration.models import CallBudget, CallUsage
from tests.road import Road

ALLOWED = 6


def test_together_they_stay_within_what_the_shop_allows(road: Road) -> None:
    merchants = [
        road.merchant("acme", routes=False),
        road.merchant("beta", routes=False),
    ]
    for merchant in merchants:
        road.connect_shop(merchant.tenant, calls_per_minute=ALLOWED)
        merchant.route("product")
        merchant.route("order")
    road.forget()
    for merchant in merchants:
        road.start(merchant)
    for look in range(40):
        road.later(seconds=30)
        owed = [each.deliveries("product", "planned") for each in merchants]
        if look >= 10 and not any(owed):
            break
    for merchant in merchants:
        assert merchant.deliveries("product", "planned", "refused") == []
        assert merchant.errors() == []
    assert most_in_a_minute(road) <= ALLOWED
    assert CallBudget.objects.filter(platform="woocommerce").count() == 1


def most_in_a_minute(road: Road) -> int:
    """The most calls the shop received in any sixty seconds."""
    times = [
        datetime.fromisoformat(call["at"]).timestamp() for call in road.front.calls()
    ]
    assert len(times) > ALLOWED
    return max(sum(start <= at < start + 60 for at in times) for start in times)


def test_calls_are_counted_for_the_route_that_made_them(road: Road) -> None:
    merchant = road.merchant()
    road.forget()
    road.start(merchant)
    used = CallUsage.objects.for_tenant(merchant.tenant).filter(
        connection=merchant.shop
    )
    assert sum(each.calls for each in used) == len(road.front.calls())
    by_kind = {each.route.kind for each in used if each.route}
    assert {"product", "stock", "price", "category"} <= by_kind
