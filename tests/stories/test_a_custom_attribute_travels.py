"""A merchant's own attribute travels from the back office to the shop."""

from tests.road import Merchant, Road


def attribute(merchant: Merchant) -> None:
    """Read it into an attribute, write the attribute into the shop's own field."""
    merchant.point(merchant.crystal, "maker", "vendor.name", then="upper")
    merchant.point(merchant.shop, "meta_data.maker", "attributes.maker")


def makers(road: Road) -> dict[str, str]:
    return {
        sku: each["value"]
        for sku, row in road.shelf().items()
        for each in row["meta_data"]
        if each["key"] == "maker"
    }


def test_it_comes_with_the_first_sync(road: Road) -> None:
    merchant = road.merchant()
    attribute(merchant)
    road.start(merchant)
    expected = {row["id"]: row["vendor"]["name"].upper() for row in road.goods()}
    assert makers(road) == expected
    assert merchant.errors() == []


def test_it_is_brought_to_what_is_there_already_without_reading_anew(
    road: Road,
) -> None:
    merchant = road.in_step()
    attribute(merchant)
    road.forget()
    road.settle()
    assert road.back.calls() == []
    assert len(makers(road)) == 12
    again = [run for run in merchant.runs("products") if run.cause == "mapping_changed"]
    assert [(run.state, run.calls) for run in again] == [("done", 0)]
