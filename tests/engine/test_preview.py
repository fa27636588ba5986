"""A preview says what a push would do, and does nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.dashboard.goods import Goods
from tests.road import Road

if TYPE_CHECKING:
    from integration.engine.preview import Previewed
    from tests.admin.rows import Rows


@pytest.fixture
def rows(db: None) -> Rows:
    from tests.admin.rows import Rows

    return Rows()


@pytest.fixture
def goods(rows: Rows) -> Goods:
    return Goods(rows)


def one(goods: Goods, record: Any) -> Previewed:
    from integration.engine.preview import preview

    [found] = preview(goods.route, [record])
    return found


def there(goods: Goods, record: Any, **changed: Any) -> Any:
    """The record as the shop shows it, with this changed."""
    from integration.canonical.codec import decode
    from integration.canonical.kinds import Kind
    from integration.models import Link

    shown = Link.everywhere.get(record=record, connection=goods.back)
    product = decode(Kind.PRODUCT, bytes(shown.data))
    known = replace(product, external_id="77", **changed)
    return goods.link(record, goods.shop, known, sent={"name": "long ago"})


def test_what_the_target_lacks_would_be_created_with_every_field(goods: Goods) -> None:
    found = one(goods, goods.product())
    assert found.deed == "create"
    assert {line.change for line in found.lines} == {"new"}
    assert {line.name: line.to_come for line in found.lines}["name"] == "Halo Ring"


def test_a_changed_field_stands_beside_what_the_target_has(goods: Goods) -> None:
    record = goods.product()
    there(goods, record, title="Old ring")
    found = one(goods, record)
    assert (found.deed, found.external_id) == ("update", "77")
    lines = {line.name: line for line in found.lines}
    assert lines["name"].change == "changed"
    assert (lines["name"].there, lines["name"].to_come) == ("Old ring", "Halo Ring")
    assert lines["description"].change == "same"


def test_a_policy_that_writes_nothing_is_told(goods: Goods) -> None:
    record = goods.product()
    there(goods, record, title="Old ring")
    goods.route.policy = "create_only"
    assert one(goods, record).deed == "left"
    goods.route.policy = "link_only"
    assert one(goods, record).deed == "link"


def test_what_would_not_be_owed_is_told_with_its_reason(goods: Goods) -> None:
    from django.utils import timezone

    record = goods.product()
    goods.route.filters = {"product.title": ["Another"]}
    assert (one(goods, record).deed, one(goods, record).why) == ("over", "filtered")
    goods.route.filters = {}
    record.ignored_at = timezone.now()
    assert one(goods, record).why == "ignored"


def test_nothing_is_written_and_nobody_is_called(goods: Goods) -> None:
    from integration.models import CallUsage, Delivery, Link

    record = goods.product()
    before = list(Link.everywhere.values())
    one(goods, record)
    assert not Delivery.everywhere.exists()
    assert not CallUsage.everywhere.exists()
    assert list(Link.everywhere.values()) == before


def test_the_payload_is_the_one_a_push_sends(road: Road) -> None:
    from integration.engine.preview import preview
    from integration.models import Link, Record, Route

    merchant = road.merchant()
    road.start(merchant)
    route = Route.objects.for_tenant(merchant.tenant).get(kind="product")
    linked = Link.everywhere.filter(connection=route.target, kind="product")
    record = Record.everywhere.get(pk=linked.first().record_id)
    road.front.forget()
    [same] = preview(route, [record])
    # What was just sent would not be sent again: each field comes out as it was.
    assert same.deed == "equal"
    assert {line.change for line in same.lines} <= {"same", "kept"}
    assert road.front.calls("") == []
