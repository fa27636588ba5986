"""`manage.py fieldmap`: the maps as tables, and a merchant's own rows in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.management.conftest import Ended
from tests.road import Road

Run = Callable[..., Ended]
ACME = ("--tenant", "acme")


def lines(out: str) -> list[list[str]]:
    """The table's lines as cells."""
    return [[cell for cell in line.split("  ") if cell] for line in out.splitlines()]


def test_a_platform_s_maps_are_printed_without_any_connection(
    run: Run, db: None
) -> None:
    ended = run("fieldmap", "woocommerce", "product")
    assert ended.error == ""
    printed = [[cell.strip() for cell in line] for line in lines(ended.out)]
    assert ["read product", "external_id", "id as text"] in printed
    assert ["read product", "variants[].sku", "sku, else empty"] in printed
    assert ["write product", "name", "title"] in printed
    assert all("price" not in line[0] for line in printed)


def test_a_merchant_s_own_row_is_stored_used_and_marked(run: Run, road: Road) -> None:
    merchant = road.merchant()
    own = ("read", "product", "colour", "vendor.code")
    ended = run("fieldmap", "Crystal", *ACME, "--set", *own, "--then", "lower")
    assert ended.error == ""
    marked = [line for line in ended.out.splitlines() if line.endswith("your own")]
    assert len(marked) == 1
    assert "attributes.colour" in marked[0]
    assert "vendor.code as lower" in marked[0]
    road.start(merchant)
    from integration.models import Link

    product = road.goods()[0]
    link = Link.objects.for_tenant(merchant.tenant).get(
        connection=merchant.crystal, kind="product", external_id=product["id"]
    )
    assert f'"colour":"{product["vendor"]["code"].lower()}"'.encode() in bytes(
        link.data or b""
    )


def test_a_row_taken_back_is_gone(run: Run, road: Road) -> None:
    from integration.models import Override

    road.merchant()
    run("fieldmap", "Crystal", *ACME, "--set", "read", "product", "title", "id")
    assert Override.everywhere.count() == 1
    ended = run("fieldmap", "Crystal", *ACME, "--unset", "read", "product", "title")
    assert ended.error == ""
    assert not Override.everywhere.exists()
    again = run("fieldmap", "Crystal", *ACME, "--unset", "read", "product", "title")
    assert "has no row of its own" in again.error


def test_a_written_field_may_be_added(run: Run, road: Road) -> None:
    road.merchant()
    own = ("write", "product", "meta_data.code", "attributes.brand_code")
    ended = run("fieldmap", "WooCommerce", "product", *ACME, "--set", *own)
    assert ended.error == ""
    assert "meta_data.code" in ended.out


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("read", "product", "colour", "vendor[[.code"), "cannot read the path"),
        (("read", "order", "note", "x"), "Crystal gives no order"),
        (("write", "product", "name", "title"), "Crystal takes no product"),
        (("sideways", "product", "name", "title"), "no direction"),
        (("read", "boat", "name", "title"), "“boat” is no kind"),
        (("read", "product", "external_id", "name"), "cannot be filled from elsewhere"),
        (("read", "product", "a..b", "name"), "no name of a field"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_the_reason(
    run: Run, road: Road, row: tuple[str, ...], said: str
) -> None:
    from integration.models import Override

    road.merchant()
    assert said in run("fieldmap", "Crystal", *ACME, "--set", *row).error
    assert not Override.everywhere.exists()


def test_a_kind_the_platform_does_not_know_is_said(run: Run, db: None) -> None:
    ended = run("fieldmap", "crystal", "customer")
    assert "neither gives nor takes a customer" in ended.error
