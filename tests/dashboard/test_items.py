"""The merchant's pages of items, by HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from integration.models import Delivery, DeliveryState, Link, Record, Run
from synclog.models import AuditEvent

if TYPE_CHECKING:
    from tests.admin.rows import Rows
    from tests.insight.things import Things

At = Callable[..., str]


@pytest.fixture
def things(rows: Rows) -> Things:
    """Items of the merchant whose pages these are."""
    from tests.insight.things import Things

    return Things(rows)


def body(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode()
    assert "<script>alert" not in text
    assert "canary" not in text
    return text


def test_the_list_shows_what_differs_and_searches(
    shop_owner: Client, at: At, things: Things
) -> None:
    things.thing("TEE-RED-M", here="7", there="4")
    things.thing("MUG-1", "Mug")
    text = body(shop_owner, at("items"))
    assert "TEE-RED-M" in text
    assert re.search(r">7</span>.*≠.*>4</span>", text, re.S)
    assert "Differs" in text
    only = body(shop_owner, f"{at('items')}?state=differs")
    assert "TEE-RED-M" in only
    assert "MUG-1" not in only
    assert "MUG-1" in body(shop_owner, f"{at('items')}?q=mug&kind=any")
    assert "No item fits" in body(shop_owner, f"{at('items')}?q=zzzz")


def test_a_list_goes_on_page_by_page(
    shop_owner: Client, at: At, things: Things
) -> None:
    for number in range(120):
        things.record("product", f"Mug {number:03}")
    seen: list[str] = []
    address = at("items")
    for _ in range(3):
        text = body(shop_owner, address)
        seen += re.findall(r"<td[^>]*>(Mug \d{3})</td>", text)
        found = re.search(r'rel="next" href="(\?[^"]+)"', text)
        address = at("items") + found[1].replace("&amp;", "&") if found else ""
    assert address == ""
    assert seen == [f"Mug {number:03}" for number in range(120)]


def test_the_file_holds_every_line_in_safe_cells(
    shop_owner: Client, at: At, things: Things
) -> None:
    things.thing("TEE", "=1+1", here="-2", there="0")
    answer = shop_owner.get(at("items_export"))
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in text
    assert "TEE" in text


def test_the_search_box_leads_straight_to_the_only_thing(
    shop_owner: Client, at: At, things: Things
) -> None:
    thing = things.thing("TEE-1")
    answer = shop_owner.get(at("search"), {"q": "tee-1"})
    assert answer["Location"] == at("items_show", thing.product.uid)
    order = things.record("order", "Order 1042")
    answer = shop_owner.get(at("search"), {"q": "#1042"})
    assert answer["Location"] == at("orders_show", order.uid)
    answer = shop_owner.get(at("search"), {"q": "nothing"})
    assert answer["Location"] == f"{at('items')}?q=nothing&kind=any"


def test_an_item_tells_why_and_shows_its_platforms_side_by_side(
    shop_owner: Client, at: At, things: Things
) -> None:
    thing = things.thing("TEE", here="7", there="4")
    text = body(shop_owner, at("items_show", thing.product.uid))
    assert "Stock differs: " in text
    assert "says 7" in text
    assert "says 4" in text
    assert 'class="differs"' in text
    assert "b-TEE" in text
    assert "Sync now" in text
    assert "about" in text


def test_what_was_sent_is_shown_without_secrets(
    shop_owner: Client, at: At, things: Things
) -> None:
    import zlib

    thing = things.thing("TEE")
    sent = b'{"payload": {"name": "Mug", "api_token": "canary-5b1e7c9a"}}'
    things.owe(
        thing.product,
        state=DeliveryState.DONE,
        done_by="written",
        ended_at=timezone.now(),
        payload=zlib.compress(sent),
    )
    text = body(shop_owner, at("items_show", thing.product.uid))
    assert "What was sent" in text
    assert "&quot;Mug&quot;" in text


def test_sync_now_is_followed_until_its_reads_are_over(
    shop_owner: Client, at: At, things: Things
) -> None:
    thing = things.thing("TEE")
    answer = shop_owner.post(at("items_sync_one", thing.product.uid))
    runs = list(Run.everywhere.values_list("pk", flat=True))
    assert runs
    assert AuditEvent.everywhere.filter(verb="sync_now").count() == 1
    assert "every 2s" in body(shop_owner, answer["Location"])
    Run.everywhere.update(state="done")
    query = f"?runs={','.join(map(str, runs))}"
    state = body(shop_owner, at("items_state", thing.product.uid) + query)
    assert 'id="now"' in state
    assert "hx-trigger" not in state


def test_syncing_many_asks_with_its_cost_and_takes_few_reads(
    shop_owner: Client, at: At, things: Things
) -> None:
    chosen = [things.thing(f"TEE-{number}").product for number in range(5)]
    query = "&".join(f"item={record.pk}" for record in chosen)
    address = f"{at('items_sync')}?{query}"
    assert "Sync 5 items now?" in body(shop_owner, address)
    assert not Run.everywhere.exists()
    shop_owner.post(address)
    asked = Run.everywhere.get(connection=things.shop, selection__type="These")
    assert len(asked.selection["ids"]) == 5


def test_ignoring_closes_what_waits_and_heeding_plans_it_again(
    shop_owner: Client, at: At, things: Things
) -> None:
    thing = things.thing("TEE")
    things.owe(thing.product)
    things.owe(thing.variant, things.stock)
    address = f"{at('items_ignore')}?item={thing.product.pk}&back={at('items')}"
    assert "Ignore 1 item?" in body(shop_owner, address)
    assert shop_owner.post(address)["Location"] == at("items")
    assert set(Delivery.everywhere.values_list("state", "done_by")) == {
        ("closed", "ignored")
    }
    assert "Ignored since" in body(shop_owner, at("items_show", thing.product.uid))
    shop_owner.post(at("items_heed", thing.product.uid))
    planned = Delivery.everywhere.filter(state="planned")
    assert sorted(planned.values_list("kind", flat=True)) == [
        "price",
        "product",
        "stock",
    ]
    verbs = list(AuditEvent.everywhere.values_list("verb", flat=True))
    assert {"ignored_item", "heeded_item"} <= set(verbs)


def test_a_back_address_elsewhere_is_not_followed(
    shop_owner: Client, at: At, things: Things
) -> None:
    thing = things.thing("TEE")
    for wrong in ("//evil.example.com", "https://evil.example.com", "/\\evil.example"):
        address = f"{at('items_ignore')}?item={thing.product.pk}&back={wrong}"
        assert shop_owner.post(address)["Location"] == at("items")


def test_two_things_are_linked_by_hand_and_taken_apart(
    shop_owner: Client, at: At, things: Things
) -> None:
    here = things.thing("TEE", "Tee red", there=None)
    loose = things.record("product", "Tee red (shop)")
    part = things.record("variant", "OTHER", loose)
    things.show(things.shop, loose, part, "s-9", "OTHER", "3", "199.00")
    address = at("items_link", here.product.uid)
    text = body(shop_owner, address)
    assert "Tee red (shop)" in text
    answer = shop_owner.post(
        address, {"connection": things.shop.pk, "external_id": "s-9"}
    )
    assert answer["Location"] == at("items_show", here.product.uid)
    link = Link.everywhere.get(connection=things.shop, kind="product")
    assert link.record == here.product
    assert (
        Link.everywhere.get(connection=things.shop, kind="stock").record == here.variant
    )
    assert shop_owner.get(at("items_show", loose.uid)).status_code == 302
    address = at("items_unlink", here.product.uid, link.pk)
    assert "Unlink" in body(shop_owner, address)
    shop_owner.post(address)
    link.refresh_from_db()
    assert link.record != here.product
    assert not here.product.links.filter(connection=things.shop).exists()


def test_what_is_not_linked_is_listed_created_or_ignored(
    shop_owner: Client, at: At, things: Things
) -> None:
    lacking = things.thing("TEE", "Tee red", there=None)
    things.thing("MUG", "Mug")
    text = body(shop_owner, f"{at('items_unlinked')}?route={things.rows.route.pk}")
    assert "Tee red" in text
    assert ">Mug<" not in text
    query = f"?route={things.rows.route.pk}&item={lacking.product.pk}"
    assert "Create 1 item in" in body(shop_owner, at("items_unlinked_create") + query)
    shop_owner.post(at("items_unlinked_create") + query)
    assert Delivery.everywhere.get().record == lacking.product


def test_the_oldest_rows_are_looked_at_after_the_cost(
    shop_owner: Client, at: At, things: Things
) -> None:
    from integration.models import Cursor

    Cursor.everywhere.create(
        tenant=things.tenant, connection=things.shop, stream="products"
    )
    things.thing("OLD", "Old mug", seen_at=timezone.now() - timedelta(days=40))
    text = body(shop_owner, at("stale"))
    assert "Old mug" in text
    assert "100.0 %" in text
    address = f"{at('stale_look')}?connection={things.shop.pk}&list=products&count=10"
    assert "about 1 call" in body(shop_owner, address)
    shop_owner.post(address)
    assert Run.everywhere.get().selection["ids"] == ["s-OLD"]


def test_lookups_are_searched_and_read_again(
    shop_owner: Client, at: At, rows: Rows
) -> None:
    rows.lookups()
    text = body(shop_owner, at("lookups"))
    assert "accounts" in text
    assert "note" in text
    query = f"?connection={rows.shop.pk}&table=accounts"
    assert "No entry fits" in body(shop_owner, f"{at('lookups')}{query}&q=zzz")
    xero = rows.connection("xero", "books")
    address = at("lookups_again", xero.pk)
    assert "Read the lists of" in body(shop_owner, address)
    shop_owner.post(address)
    assert Run.everywhere.filter(connection=xero).exists()
    assert shop_owner.get(at("lookups_again", rows.shop.pk)).status_code == 404


def test_a_viewer_looks_and_changes_nothing(
    looker: Client, at: At, things: Things
) -> None:
    thing = things.thing("TEE")
    link = thing.product.links.first()
    assert link is not None
    for name in ("items", "items_unlinked", "stale", "lookups", "items_export"):
        body(looker, at(name))
    text = body(looker, at("items_show", thing.product.uid))
    assert "<button" not in text.split("<main")[1].split("</main>")[0]
    for address in (
        at("items_sync_one", thing.product.uid),
        at("items_heed", thing.product.uid),
        at("items_link", thing.product.uid),
        at("items_unlink", thing.product.uid, link.pk),
        at("items_sync"),
        at("items_ignore"),
        at("items_unlinked_create"),
        at("stale_look"),
    ):
        assert looker.post(address).status_code == 403
    assert not Record.everywhere.exclude(ignored_at=None).exists()
