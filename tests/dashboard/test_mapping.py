"""The mapping of a route: its tables, a merchant's own rows, and the preview."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from integration.models import Override
from synclog.models import AuditEvent
from tests.admin.rows import CANARY, Rows
from tests.dashboard.goods import Goods

At = Callable[..., str]


@pytest.fixture
def goods(rows: Rows) -> Goods:
    return Goods(rows)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def own(rows: Rows, field: str = "ean", path: str = "vendor.code") -> Override:
    return Override.everywhere.create(
        tenant=rows.tenant,
        connection=rows.back,
        kind="product",
        direction="read",
        field=field,
        path=path,
        then="lower",
    )


def test_both_maps_are_tried_on_what_was_seen_last(
    shop_owner: Client, rows: Rows, goods: Goods, at: At
) -> None:
    goods.product()
    own(rows)
    answer = shop_owner.get(at("routes_map", rows.route.pk))
    reads, writes = answer.context["tables"]
    assert (reads.direction, writes.direction) == ("read", "write")
    fields = {field.name: field for field in reads.fields}
    brand = fields["brand"]
    assert (brand.path, brand.value, brand.result) == (
        "vendor.name",
        "Aurum House",
        "Aurum House",
    )
    assert brand.how.startswith("as text")
    assert (fields["title"].required, fields["title"].result) == (True, "Halo Ring")
    assert fields["variants[].sku"].how == "id as text"
    # A merchant's own row shows what it reads, and what the map makes of it.
    assert (fields["ean"].value, fields["ean"].result) == ("AUR", "aur")
    needed = [field.required for field in reads.fields if not field.inner]
    assert needed == sorted(needed, reverse=True)
    sent = {field.name: field.result for field in writes.fields}
    assert sent["name"] == "Halo Ring"
    assert reads.unmapped


def test_before_anything_was_read_the_tables_stand_without_values(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    page = text(shop_owner, at("routes_map", rows.route.pk))
    assert page.count("Nothing was read yet") == 2
    assert "<code>title</code>" in page


def test_a_row_of_one_s_own_is_stored_audited_and_tells_what_it_changes(
    shop_owner: Client, rows: Rows, goods: Goods, at: At
) -> None:
    goods.product(1)
    goods.product(2)
    url = at("routes_map_field", rows.route.pk, "read", "product")
    page = text(shop_owner, url)
    assert "2 items of" in page
    assert "without a call" in page
    # What stands in the row that was seen last may be chosen.
    assert '<option value="vendor.code">' in page
    row = {"field": "maker", "path": "vendor.name", "then": "upper"}
    assert shop_owner.post(url, row).status_code == 302
    stored = Override.everywhere.get(field="maker")
    assert (stored.path, stored.then, stored.direction) == (
        "vendor.name",
        "upper",
        "read",
    )
    event = AuditEvent.everywhere.get(verb="field_map_changed")
    assert (event.before, event.after["path"]) == (None, "vendor.name")
    # The same field again changes the row.
    shop_owner.post(url, {**row, "path": "vendor.code"})
    assert Override.everywhere.get(field="maker").path == "vendor.code"


def test_a_row_the_map_cannot_take_is_refused_at_its_field(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    url = at("routes_map_field", rows.route.pk, "read", "product")
    for row, field in (
        ({"field": "external_id", "path": "sku"}, "field"),
        ({"field": "a..b", "path": "sku"}, "field"),
        ({"field": "maker", "path": "images[x"}, "path"),
        ({"field": "maker", "path": "sku", "then": "eval"}, "then"),
    ):
        answer = shop_owner.post(url, row)
        assert answer.status_code == 200
        assert answer.context["form"].errors[field], row
    assert not Override.everywhere.exists()


def test_a_row_is_taken_back_after_a_question_and_the_map_s_own_never(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    row = own(rows, field="title", path="vendor.name")
    url = at("routes_map_back", rows.route.pk, row.pk)
    assert "as that map says again" in text(shop_owner, url)
    assert Override.everywhere.exists()
    assert shop_owner.post(url).status_code == 302
    assert not Override.everywhere.exists()
    page = text(shop_owner, at("routes_map", rows.route.pk))
    assert "Take back" not in page


def test_only_the_maps_of_the_route_and_only_admins_change_rows(
    shop_owner: Client, looker: Client, rows: Rows, at: At
) -> None:
    key = rows.route.pk
    for direction, kind in (("read", "order"), ("write", "stock"), ("up", "product")):
        url = at("routes_map_field", key, direction, kind)
        assert shop_owner.get(url).status_code == 404
    row = own(rows)
    assert looker.get(at("routes_map", key)).status_code == 200
    assert looker.post(at("routes_map_back", key, row.pk)).status_code == 403
    assert Override.everywhere.exists()


def test_the_preview_shows_five_and_finds_by_key_id_and_name(
    shop_owner: Client, rows: Rows, goods: Goods, at: At
) -> None:
    for number in range(1, 8):
        goods.product(number, name=f"Ring {number}")
    url = at("routes_preview", rows.route.pk)

    def shown(searched: str = "") -> list[str]:
        answer = shop_owner.get(url, {"q": searched} if searched else {})
        return [str(each.record) for each in answer.context["found"]]

    assert shown() == [f"Ring {number}" for number in (7, 6, 5, 4, 3)]
    assert shown("SKU-2") == ["Ring 2"]
    assert shown("4") == ["Ring 4"]
    assert shown("Ring 6") == ["Ring 6"]
    assert shown("nothing like it") == []
    assert "Nothing is called that" in text(shop_owner, f"{url}?q=no")


def test_a_preview_marks_what_changes_and_hides_secrets(
    shop_owner: Client, rows: Rows, goods: Goods, at: At
) -> None:
    from dataclasses import replace

    from integration.canonical.codec import decode
    from integration.canonical.kinds import Kind
    from integration.models import Link

    record = goods.product(1, description=f"<script>x</script> token={CANARY}")
    shown = Link.everywhere.get(record=record)
    product = decode(Kind.PRODUCT, bytes(shown.data))
    old = replace(product, external_id="77", title="Old ring")  # type: ignore[call-arg]
    goods.link(record, goods.shop, old, sent={"name": "long ago"})
    page = text(shop_owner, at("routes_preview", rows.route.pk))
    assert '<del class="diff-old">Old ring</del>' in page
    assert '<ins class="diff-new">Halo Ring</ins>' in page
    assert CANARY not in page
    assert "<script>x" not in page
