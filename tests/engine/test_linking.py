"""Linking and ignoring by hand: what is merged, what is refused, what is owed after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.utils import timezone

from integration.canonical.catalog import Product
from integration.canonical.kinds import Kind
from integration.contract.messages import Found, Outcome, Outgoing, Wanted
from integration.engine import compose, ignoring, linking, match, owe, replan
from integration.engine.draft import Draft
from integration.engine.linking import CannotLink
from integration.models import Delivery, DeliveryState, Link, Priority, Record, Run
from synclog.models import AuditEvent, ErrorState, SyncError
from tests.insight.things import Thing, Things


@pytest.fixture
def things(db: None) -> Things:
    """A back office and a shop with routes for products, stock and prices."""
    from tests.admin.rows import Rows

    return Things(Rows())


def loose(things: Things, sku: str = "OTHER", external_id: str = "s-9") -> Thing:
    """A product that the shop alone knows."""
    product = things.record("product", "Tee (shop)")
    variant = things.record("variant", sku, product)
    things.show(things.shop, product, variant, external_id, sku, "3", "199.00")
    return Thing(product, variant)


class Knows:
    """A writer that finds one thing by its key, whatever is asked for."""

    def __init__(self, external_id: str) -> None:
        self.external_id = external_id

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        for each in wanted:
            yield Found(each.uid, (self.external_id,), "sku")

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        yield from ()


def test_a_link_by_hand_merges_closes_the_problem_and_plans_what_is_owed(
    things: Things,
) -> None:
    here, there = things.thing("TEE", there=None), loose(things)
    refused = things.owe(
        here.product, state=DeliveryState.REFUSED, code="ambiguous", attempts=1
    )
    error = things.rows.errors(
        record=here.product, connection=things.shop, code="ambiguous"
    )
    linking.link(here.product, things.shop, "s-9")
    assert set(
        Link.everywhere.filter(connection=things.shop).values_list("record", "kind")
    ) == {
        (here.product.pk, "product"),
        (here.variant.pk, "variant"),
        (here.variant.pk, "stock"),
        (here.variant.pk, "price"),
    }
    there.product.refresh_from_db()
    assert there.product.merged_into == here.product
    refused.refresh_from_db()
    assert refused.state == DeliveryState.PLANNED
    owed = Delivery.everywhere.filter(state=DeliveryState.PLANNED)
    assert set(owed.values_list("kind", flat=True)) == {"product", "stock", "price"}
    assert set(owed.values_list("priority", flat=True)) == {Priority.MANUAL}
    error.refresh_from_db()
    assert error.state == ErrorState.RESOLVED
    assert AuditEvent.everywhere.get(verb="linked_by_hand").after == {
        "record": str(here.product.uid),
        "connection": str(things.shop),
        "external_id": "s-9",
    }


def test_an_id_nobody_has_seen_is_linked_and_read(things: Things) -> None:
    here = things.thing("TEE", there=None)
    linking.link(here.product, things.shop, " 77 ")
    link = Link.everywhere.get(connection=things.shop, kind="product")
    assert (link.external_id, link.record) == ("77", here.product)
    assert Run.everywhere.get(connection=things.shop).selection["ids"] == ["77"]


def test_two_things_of_one_platform_are_not_made_one(things: Things) -> None:
    one, other = things.thing("TEE"), things.thing("MUG")
    with pytest.raises(CannotLink, match="already"):
        linking.link(one.product, things.shop, "s-MUG")
    Link.everywhere.filter(record=one.product, connection=things.shop).delete()
    with pytest.raises(CannotLink, match="as two different things"):
        linking.link(one.product, things.shop, "s-MUG")
    other.product.refresh_from_db()
    assert other.product.merged_into is None


def test_nothing_is_linked_while_a_write_is_under_way(things: Things) -> None:
    here = things.thing("TEE", there=None)
    loose(things)
    things.owe(here.variant, things.stock, state=DeliveryState.SENDING)
    with pytest.raises(CannotLink, match="under way"):
        linking.link(here.product, things.shop, "s-9")


def test_an_order_is_never_linked_by_hand(things: Things) -> None:
    order = things.record("order", "Order 1")
    with pytest.raises(CannotLink, match="Sales"):
        linking.link(order, things.shop, "1")


def test_what_was_unlinked_is_not_matched_again_until_a_person_links_it(
    things: Things,
) -> None:
    thing = things.thing("TEE")
    owed = things.owe(thing.product)
    link = thing.product.links.get(connection=things.shop)
    fresh = linking.unlink(link)
    owed.refresh_from_db()
    assert (owed.state, owed.done_by) == (DeliveryState.CLOSED, "unlinked")
    assert fresh.parts.get().links.filter(kind="stock").exists()
    assert not thing.variant.links.filter(connection=things.shop).exists()
    owed = things.owe(thing.product)
    tee = Product(external_id="b-TEE", title="Tee")
    drafts = [Draft(delivery=owed, canonical=tee)]
    ((_, problem),) = match.find(Knows("s-TEE"), owed.route, Kind.PRODUCT, drafts)
    assert problem.code == "kept_apart"
    assert not match.absorb(fresh, thing.product)
    linking.link(thing.product, things.shop, "s-TEE")
    link.refresh_from_db()
    assert link.record == thing.product
    assert thing.variant.links.filter(connection=things.shop, kind="stock").exists()


def test_what_one_platform_alone_knows_is_not_unlinked(things: Things) -> None:
    only = loose(things)
    link = only.product.links.get()
    with pytest.raises(CannotLink, match="Nobody but"):
        linking.unlink(link)


def test_of_what_is_ignored_nothing_is_owed_nor_written(things: Things) -> None:
    thing, other = things.thing("TEE"), things.thing("MUG")
    flying = things.owe(thing.variant, things.price, state=DeliveryState.SENDING)
    things.owe(thing.product)
    chosen = Record.everywhere.filter(pk=thing.product.pk)
    assert ignoring.ignore(things.tenant, chosen) == 1
    assert ignoring.ignore(things.tenant, chosen) == 0
    flying.refresh_from_db()
    assert flying.state == DeliveryState.SENDING
    planned = owe.plan(
        owe.Owed(
            route=things.rows.route,
            record_ids=[thing.product.pk, other.product.pk],
            priority=Priority.CHANGED,
            cause="test",
            now=timezone.now(),
        )
    )
    assert planned == 1
    late = things.owe(thing.variant, things.stock)
    # As a push finds it.
    late = Delivery.everywhere.select_related("record__parent").get(pk=late.pk)
    composed = compose.compose(things.stock, Kind.STOCK, [late])
    assert [reason for _, reason in composed.closed] == ["ignored"]
    assert not composed.ready
    assert ignoring.heed(things.tenant, chosen) == 1
    open_now = Delivery.everywhere.filter(state=DeliveryState.PLANNED)
    kinds = open_now.filter(record__in=[thing.product, thing.variant])
    assert set(kinds.values_list("kind", flat=True)) == {"product", "stock"}
    assert not SyncError.everywhere.exists()


def test_a_route_that_only_links_owes_what_is_not_there(things: Things) -> None:
    linked, lacking = things.thing("TEE"), things.thing("MUG", there=None)
    route = things.rows.route
    route.policy = "link_only"
    route.save()
    keys = [linked.product.pk, lacking.product.pk]
    assert replan.of_records(things.tenant.pk, keys, "test") == 1
    assert Delivery.everywhere.get().record == lacking.product
    assert linking.create(route, [lacking.product]) == 1
    assert Delivery.everywhere.get().cause == owe.NEEDED
