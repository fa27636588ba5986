"""Being told to slow down consumes no try and opens no error."""

from tests.road import Road


def test_a_throttled_write_waits_as_long_as_the_shop_says(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[0]
    road.change(product, name="Brand new name")
    road.front.fault(
        "status",
        "products/batch",
        method="POST",
        status=429,
        headers={"Retry-After": "120"},
    )
    road.later(hours=2)
    (waiting,) = merchant.deliveries("product", "planned")
    assert (waiting.attempts, waiting.wait_reason) == (0, "throttle")
    assert merchant.errors() == []
    road.later(seconds=90)
    assert road.shelf()[product["id"]]["name"] != "Brand new name"
    road.later(seconds=60)
    assert road.shelf()[product["id"]]["name"] == "Brand new name"
    assert merchant.reload().shop.health == "healthy"


def test_a_throttled_read_goes_on_where_it_stood(road: Road) -> None:
    merchant = road.in_step()
    road.back.fault("status", "products", status=429, headers={"Retry-After": "60"})
    run = road.read(merchant.crystal, "products")
    assert (run.state, run.attempts, run.wait_reason) == ("running", 0, "throttle")
    road.later(seconds=70)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("done", 0)
