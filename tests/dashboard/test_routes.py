"""The pages of routes: the list, one route, its rules, a new one, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration.canonical.kinds import Kind
from integration.models import Connection, Route, Run, RunState
from synclog.models import AuditEvent
from tests.admin.rows import Rows
from tests.dashboard.goods import Goods
from tests.dashboard.sales import Sales

At = Callable[..., str]


@pytest.fixture
def goods(rows: Rows) -> Goods:
    return Goods(rows)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def stored(route: Route) -> Route:
    return Route.everywhere.get(pk=route.pk)


def rules(**changed: Any) -> dict[str, Any]:
    """The form as it stands when nothing is changed."""
    known = {
        "policy": "overwrite",
        "every": "7200",
        "missing": "create",
        "on_drift": "leave",
        "filters": "",
        "enabled": "on",
    }
    return {**known, **changed}


def looked(rows: Rows, **counts: int) -> Run:
    return Run.everywhere.create(
        tenant=rows.tenant,
        connection=rows.back,
        stream="products",
        selection={"type": "Changed", "since": None},
        selection_key="",
        cause="schedule",
        state=RunState.DONE,
        **counts,
    )


def test_the_list_tells_when_where_the_last_look_and_what_is_to_do(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    looked(rows, read=182, unchanged=180, failed=2)
    rows.errors()
    Route.everywhere.create(
        tenant=rows.tenant,
        kind="customer",
        source=rows.shop,
        target=rows.back,
        policy="link_only",
        enabled=False,
    )
    page = text(shop_owner, at("routes"))
    for told in (
        "Products",
        "every 2 hours",
        "+ webhook",
        "180 ok",
        "2 failed",
        "1 open error",
        "linked, never overwritten",
        "Off",
    ):
        assert told in page, told
    assert "<script>alert" not in page


def test_owed_pairs_are_counted_for_the_list_and_for_home(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    from integration.insight import routes

    sales = Sales(rows)
    sales.order("1042")
    [(route, count)] = routes.owed(rows.tenant)
    # The words of a mug and its post: taxed, goods, shipping.
    assert (route, count) == (sales.route, 3)
    assert "3 pairs to choose" in text(shop_owner, at("routes"))


def test_the_list_costs_the_same_for_two_routes_and_for_twenty(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    Sales(rows).order("1042")

    def cost() -> int:
        with CaptureQueriesContext(database) as asked:
            text(shop_owner, at("routes"))
        return len(asked)

    few = cost()
    for _ in range(9):
        rows.routes()
        books = rows.connection("xero", f"books{rows.next()}")
        Route.everywhere.create(
            tenant=rows.tenant,
            kind="order",
            as_kind="invoice",
            source=rows.shop,
            target=books,
        )
    assert cost() == few


def test_one_route_says_when_what_where_never_and_what_a_run_costs(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    sales = Sales(rows)
    page = text(shop_owner, at("routes_show", sales.route.pk))
    for told in (
        "Orders as Invoices",
        "Looks for changes every 2 hours",
        "No sale is sent twice",
        "about 1 call, at a guess",
        f"?route={sales.route.pk}&amp;what=changed",
    ):
        assert told in page, told


def test_a_viewer_looks_and_changes_nothing(looker: Client, rows: Rows, at: At) -> None:
    page = text(looker, at("routes_show", rows.route.pk))
    assert "Switch off" not in page
    assert "Run now" not in page
    for name in ("routes_edit", "routes_remove", "routes_switch"):
        assert looker.post(at(name, rows.route.pk)).status_code == 403
    assert looker.get(at("routes_new")).status_code == 403
    assert stored(rows.route).enabled


def test_a_switched_off_route_is_audited(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    url = at("routes_switch", rows.route.pk)
    assert shop_owner.get(url).status_code == 405
    shop_owner.post(url, {"on": "0"})
    assert not stored(rows.route).enabled
    event = AuditEvent.everywhere.get(verb="route_changed")
    assert (event.before["enabled"], event.after["enabled"]) == (True, False)
    assert event.actor == "owner"


def test_rules_are_stored_and_refused_at_their_field(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    url = at("routes_edit", rows.route.pk)
    given = rules(every="14400", filters="product.status = active")
    assert shop_owner.post(url, given).status_code == 302
    found = stored(rows.route)
    assert found.every == 14400
    assert found.filters == {"product.status": ["active"]}
    for field, wrong, said in (
        ("filters", "status active", "write it as kind.field"),
        ("filters", "nonsense.status = active", "Filters name a kind"),
        ("filters", "order.number = 1", "and no “order”"),
        ("filters", "product.colour = red", "A product has no “colour”"),
        ("every", "7", "not one of the available choices"),
    ):
        answer = shop_owner.post(url, rules(**{field: wrong}))
        assert answer.status_code == 200
        assert said in str(answer.context["form"].errors[field]), field
    assert stored(rows.route).every == 14400


def test_keys_are_chosen_where_a_kind_has_several(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    assert 'name="match"' not in text(shop_owner, at("routes_edit", rows.route.pk))
    route = Sales(rows).way(Kind.CUSTOMER)
    url = at("routes_edit", route.pk)
    assert "Account number" in text(shop_owner, url)
    answer = shop_owner.post(url, rules(policy="link_only", match=["sku"]))
    assert "sku is not one of the available choices" in answer.content.decode()
    given = rules(policy="link_only", match=["account_number"])
    assert shop_owner.post(url, given).status_code == 302
    assert stored(route).match == ["account_number"]
    assert "<dd>Account number</dd>" in text(shop_owner, at("routes_show", route.pk))


def test_options_of_the_target_are_fields_of_the_form(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    sales = Sales(rows)
    url = at("routes_edit", sales.route.pk)
    page = text(shop_owner, url)
    assert 'name="option_sales_account"' in page
    # The books have an account for guests, the shop has none.
    assert 'value="guest"' in page
    assert 'value="guest"' not in text(shop_owner, at("routes_edit", rows.route.pk))
    given = rules(option_sales_account="200", option_use_items="False")
    assert shop_owner.post(url, given).status_code == 302
    # A refusal is stored as one: as a text it would read as a yes.
    assert stored(sales.route).options == {"sales_account": "200", "use_items": False}


def test_a_second_master_is_refused_when_switched_on(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    other = rows.routes()
    Route.everywhere.filter(pk=other.pk).update(enabled=False)
    answer = shop_owner.post(at("routes_switch", other.pk), {"on": "1"}, follow=True)
    assert "already takes its product" in answer.content.decode()
    assert not stored(other).enabled


def test_a_new_route_tells_its_cost_and_sets_itself_going(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    back: Connection = rows.back
    what = f"{back.pk}-{rows.shop.pk}-stock"
    assert what in text(shop_owner, at("routes_new"))
    assert f"{back.pk}-{rows.shop.pk}-product" not in text(shop_owner, at("routes_new"))
    asked = {"what": what, "every": "3600"}
    question = shop_owner.get(at("routes_new"), asked).content.decode()
    assert "Lay this route?" in question
    assert "about 1 call, at a guess" in question
    assert not Route.everywhere.filter(kind="stock").exists()
    assert shop_owner.post(at("routes_new"), asked).status_code == 302
    route = Route.everywhere.get(kind="stock")
    assert (route.every, route.source, route.target) == (3600, back, rows.shop)
    assert Run.everywhere.filter(connection=back, cause="install").exists()
    assert AuditEvent.everywhere.filter(verb="route_added").count() == 1


def test_a_removed_route_is_asked_about_first(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    rows.deliveries()
    url = at("routes_remove", rows.route.pk)
    assert "1 write that waits is dropped" in text(shop_owner, url)
    assert shop_owner.post(url).status_code == 302
    assert not Route.everywhere.filter(pk=rows.route.pk).exists()
    assert AuditEvent.everywhere.filter(verb="route_removed").exists()


def test_a_route_whose_platform_is_gone_can_still_be_removed(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    Connection.everywhere.filter(pk=rows.back.pk).update(platform="forgotten")
    assert "This route cannot work" in text(
        shop_owner, at("routes_show", rows.route.pk)
    )
    text(shop_owner, at("routes"))
    text(shop_owner, at("routes_remove", rows.route.pk))


def test_another_merchant_s_route_is_not_there(
    shop_owner: Client, rows: Rows, at: At
) -> None:
    other = rows.tenants()
    ends = [
        Connection.everywhere.create(
            tenant=other, platform=platform, account=platform, label=platform
        )
        for platform in ("crystal", "woocommerce")
    ]
    route = Route.everywhere.create(
        tenant=other, kind="product", source=ends[0], target=ends[1]
    )
    for name in (
        "routes_show",
        "routes_edit",
        "routes_remove",
        "routes_map",
        "routes_preview",
        "routes_pairs",
        "budget_slow",
    ):
        assert shop_owner.get(at(name, route.pk)).status_code == 404, name
    assert shop_owner.get(at("budget"), {"connection": ends[0].pk}).status_code == 404
