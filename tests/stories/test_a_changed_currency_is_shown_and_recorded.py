"""A shop that changes its currency is shown to the merchant, and recorded."""

from synclog.models import AuditEvent
from tests.road import Road


def test_the_change_is_an_open_problem_and_no_price_is_misread(road: Road) -> None:
    merchant = road.in_step()
    road.later(hours=1)
    before = {sku: row["regular_price"] for sku, row in road.shelf().items()}
    road.front.do("settings", currency="SEK")
    road.later(days=1, hours=1)
    assert merchant.reload().shop.facts["currency"] == "SEK"
    told = [error for error in merchant.errors() if error.code == "fact_changed"]
    assert [error.field for error in told] == ["currency"]
    assert "EUR" in told[0].message
    assert "SEK" in told[0].message
    (event,) = AuditEvent.everywhere.filter(verb="fact_changed")
    assert (event.before, event.after) == ({"currency": "EUR"}, {"currency": "SEK"})
    road.change(road.goods()[0], price=55.5)
    road.later(hours=2)
    assert {sku: row["regular_price"] for sku, row in road.shelf().items()} == before
