"""Edit and resend: what a person corrects goes once, as checked, and leaves a trace."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from integration.engine import corrections
from integration.engine.corrections import Unfit

if TYPE_CHECKING:
    from integration.models import Delivery
    from tests.road import Merchant, Road

BATCH = "/products/batch"
PAYLOAD = {
    "name": "Mug",
    "price": Decimal("12.90"),
    "count": 3,
    "visible": True,
    "note": None,
    "lines": [{"sku": "M-1", "api_token": "hidden-words"}],
}


def test_a_value_keeps_its_type_and_only_what_differs_is_kept() -> None:
    given = {
        "name": "Mug",
        "price": "13.50",
        "count": "4",
        "visible": "false",
        "note": "",
        "lines.0.sku": "M-2",
    }
    assert corrections.read(PAYLOAD, given) == {
        "price": "13.50",
        "count": 4,
        "visible": False,
        "lines.0.sku": "M-2",
    }


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("price", "cheap", "A number"),
        ("price", "NaN", "too large"),
        ("price", "1e40", "too large"),
        ("price", "0.0000000000001", "decimals"),
        ("count", "4.5", "A whole"),
        ("visible", "perhaps", "Yes or no"),
        ("name", "x" * 4_001, "At most"),
        ("name", "M\0ug", "nobody can see"),
        ("colour", "red", "There is no such field"),
        ("lines.1.sku", "M", "There is no such field"),
        ("lines.0", "M", "There is no such field"),
        ("lines.0.api_token", "stolen", "There is no such field"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    path: str, text: str, reason: str
) -> None:
    with pytest.raises(Unfit, match=reason) as caught:
        corrections.read(PAYLOAD, {path: text})
    assert caught.value.path == path


def test_secrets_are_not_shown() -> None:
    assert "hidden-words" not in repr(corrections.fields(PAYLOAD))


def test_corrections_are_put_where_they_belong_and_nowhere_else() -> None:
    sent = {"name": "Mug"}
    edited: dict[str, Any] = {
        "lines.0.sku": "M-2",
        "price": "13.50",
        "lines.7.sku": "lost",
        "gone.deep": "lost",
    }
    assert corrections.apply(PAYLOAD, sent, edited) == {
        "name": "Mug",
        "lines": [{"sku": "M-2", "api_token": "hidden-words"}],
        "price": Decimal("13.50"),
    }
    assert sent == {"name": "Mug"}
    assert PAYLOAD["lines"][0]["sku"] == "M-1"  # type: ignore[index]


def refused(road: Road) -> tuple[Merchant, Delivery]:
    """A product whose new name the shop refused once."""
    merchant = road.in_step()
    road.change(road.goods()[0], name="A name the shop dislikes")
    refusal = '{"code": "rest_invalid_param", "message": "No.", "data": {"status":400}}'
    road.front.fault("status", BATCH, method="POST", status=400, body=refusal, times=9)
    road.later(hours=3)
    road.front.heal()
    (delivery,) = merchant.deliveries("product", "refused")
    return merchant, delivery


def test_a_correction_is_sent_once_and_the_source_wins_later(road: Road) -> None:
    from integration.engine import editing
    from synclog.models import AuditEvent

    merchant, delivery = refused(road)
    product = road.goods()[0]
    seen = editing.look(delivery)
    assert dict(seen.payload)["name"] == "A name the shop dislikes"
    given = {"name": "A name it likes"}
    assert editing.changes(seen, given)[0] == (
        "name",
        "A name the shop dislikes",
        "A name it likes",
    )
    editing.send(delivery, given, seen.seen)
    road.settle()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.edited) == ("done", None)
    assert road.shelf()[product["id"]]["name"] == "A name it likes"
    assert merchant.errors() == []
    event = AuditEvent.everywhere.filter(verb="edited").get()
    assert event.before == {"name": "A name the shop dislikes"}
    assert event.after == {"name": "A name it likes"}
    road.change(product, name="A third name")
    road.later(hours=3)
    assert road.shelf()[product["id"]]["name"] == "A third name"


def test_a_correction_that_is_refused_too_is_not_kept(road: Road) -> None:
    from integration.engine import editing

    _, delivery = refused(road)
    refusal = '{"code": "rest_invalid_param", "message": "No.", "data": {"status":400}}'
    road.front.fault("status", BATCH, method="POST", status=400, body=refusal, times=9)
    seen = editing.look(delivery)
    editing.send(delivery, {"name": "Still wrong"}, seen.seen)
    road.settle()
    road.front.heal()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.edited) == ("refused", None)
    assert dict(editing.look(delivery).payload)["name"] == "A name the shop dislikes"


def test_what_changed_meanwhile_or_may_be_there_is_not_sent(road: Road) -> None:
    from integration.engine import editing
    from integration.models import Delivery

    _, delivery = refused(road)
    seen = editing.look(delivery)
    with pytest.raises(Unfit, match="Nothing differs"):
        editing.send(delivery, {"name": "A name the shop dislikes"}, seen.seen)
    with pytest.raises(Unfit, match="meanwhile"):
        editing.send(delivery, {"name": "Other"}, "what was seen before")
    Delivery.everywhere.filter(pk=delivery.pk).update(code="may_already_exist")
    with pytest.raises(Unfit, match="refused or given up"):
        editing.send(delivery, {"name": "Other"}, seen.seen)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.edited) == ("refused", None)
