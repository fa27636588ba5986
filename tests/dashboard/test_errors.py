"""Errors: grouped with what to do, mended many at once, honest while that lasts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

if TYPE_CHECKING:
    from synclog.models import SyncError
    from tests.admin.rows import Rows

At = Callable[..., str]


def failing(rows: Rows, state: str = "refused", **more: Any) -> SyncError:
    """An error of a write in this state, an hour old."""
    from synclog.models.error import group_key

    hour_ago = timezone.now() - timedelta(hours=1)
    record = rows.records()
    values = {"code": "refused", "field": "images", "kind": "product", **more}
    key = group_key(rows.shop.pk, values["kind"], values["code"], values["field"])
    delivery = rows.deliveries(
        record=record, state=state, code=values["code"], frozen=None
    )
    known = {"record": record, "run": None, "first_at": hour_ago, "last_at": hour_ago}
    return rows.errors(delivery=delivery, group=key, **{**known, **values})


def words(client: Client, url: str) -> str:
    """A page's text, without its tags."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_group_says_what_happened_whose_affair_it_is_and_what_to_do(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    for _ in range(3):
        failing(
            rows, code="unpaired", who="connection", field="tax", message="No pair."
        )
    failing(rows, "planned", code="unreachable", who="clock", message="No answer.")
    page = words(shop_owner, at("errors"))
    assert "A pair is missing" in page
    assert "Your setup" in page
    assert "Choose the pair on the route." in page
    assert "3 items" in page
    assert "Open 3" in page
    assert "Retrying 1" in page
    assert "The platform cannot be reached" not in page
    assert (
        at("routes_pairs", rows.route.pk)
        in shop_owner.get(at("errors")).content.decode()
    )
    assert "The platform cannot be reached" in words(
        shop_owner, at("errors") + "?tab=retrying"
    )


def test_which_kind_of_empty_is_said(rows: Rows, looker: Client, at: At) -> None:
    assert "Nothing was read yet" in words(looker, at("errors"))
    from integration.models import Run

    run = rows.runs()
    Run.everywhere.filter(pk=run.pk).update(ended_at=timezone.now(), state="done")
    assert "No open errors" in words(looker, at("errors"))
    assert "No error matches" in words(looker, at("errors") + "?text=mug")
    assert "Nothing is ignored" in words(looker, at("errors") + "?tab=ignored")


def test_hostile_words_are_shown_as_words(rows: Rows, looker: Client, at: At) -> None:
    from tests.admin.rows import CANARY, HOSTILE

    error = failing(rows)
    for url in (
        at("errors"),
        at("errors_group", error.group),
        at("errors_show", error.pk),
    ):
        body = looker.get(url).content.decode()
        assert HOSTILE not in body
        assert CANARY not in body


def test_the_state_of_each_is_the_tab_it_stands_under(rows: Rows) -> None:
    """The database and the page reckon the same."""
    from integration.insight import errors
    from integration.models import Run
    from synclog.matching import TABS, matching
    from synclog.models import SyncError

    told = {
        failing(rows): "needs_you",
        failing(rows, "planned", who="clock"): "retrying",
        failing(rows, "sending"): "retrying",
        failing(rows, "gave_up", gave_up_at=timezone.now()): "gave_up",
        failing(rows, "blocked"): "held",
    }
    reading = rows.errors(record=None, delivery=None)
    told[reading] = "retrying"
    stale = rows.errors(record=None, delivery=None)
    Run.everywhere.filter(pk=stale.run_id).update(state="done")
    told[stale] = "needs_you"
    lost = rows.errors(record=None, delivery=None, run=None)
    told[lost] = "needs_you"
    calls = failing(rows, "planned")
    type(calls.delivery).everywhere.filter(pk=calls.delivery_id).update(
        wait_reason="budget"
    )
    told[calls] = "waiting"
    ladder = failing(rows)
    type(ladder.delivery).everywhere.filter(pk=ladder.delivery_id).update(
        wait_reason="retry"
    )
    told[ladder] = "retrying"
    gone = failing(rows, "planned")
    ignored = failing(rows, "planned")
    SyncError.everywhere.filter(pk=gone.pk).update(state="resolved")
    SyncError.everywhere.filter(pk=ignored.pk).update(state="ignored")
    told |= {gone: "resolved", ignored: "ignored"}
    by_pk = {error.pk: state for error, state in told.items()}
    found = errors.items(SyncError.objects.for_tenant(rows.tenant))
    assert {error.pk: errors.state_of(error) for error in found} == by_pk
    under = {
        tab: set(matching(rows.tenant, {"tab": tab}).values_list("pk", flat=True))
        for tab in TABS
    }
    moving = {"retrying", "waiting"}
    assert under["retrying"] == {pk for pk, state in by_pk.items() if state in moving}
    assert under["resolved"] == {gone.pk}
    assert under["ignored"] == {ignored.pk}
    assert under["open"] == set(by_pk) - under["retrying"] - {gone.pk, ignored.pk}


def test_a_paused_connection_retries_nothing(rows: Rows) -> None:
    from integration.insight import errors
    from integration.models import Connection
    from synclog.matching import matching
    from synclog.models import SyncError

    failing(rows, "planned")
    Connection.everywhere.filter(pk=rows.shop.pk).update(health="paused")
    (error,) = errors.items(SyncError.objects.for_tenant(rows.tenant))
    assert errors.state_of(error) == "paused"
    assert matching(rows.tenant, {"tab": "open"}).exists()


def test_all_that_match_are_tried_again_and_watched_to_the_end(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from synclog import journal
    from synclog.models import Retry, SyncError

    chosen = [failing(rows) for _ in range(3)]
    failing(rows, code="sku_taken")
    filters = f"group={chosen[0].group}"
    asked = shop_owner.post(
        at("errors_act"), {"deed": "retry", "every": "1", "filters": filters}
    )
    question = words(shop_owner, asked["Location"])
    assert "Try 3 errors again?" in question
    assert "Cost: about" in question
    begun = shop_owner.post(asked["Location"])
    retry = Retry.everywhere.get()
    assert begun["Location"] == at("errors_retrying", retry.pk)
    page = words(shop_owner, begun["Location"])
    assert "0 of 3" in page
    poll = {"HTTP_HX_REQUEST": "true"}
    part = shop_owner.get(begun["Location"], **poll).content.decode()
    assert "<html" not in part
    (again,) = re.findall(r'hx-get="([^"]+)"', part)
    assert shop_owner.get(again.replace("&amp;", "&"), **poll).status_code == 204
    journal.close_problems(
        rows.shop, record_ids=[error.record_id for error in chosen], by="sync"
    )
    last = shop_owner.get(again.replace("&amp;", "&"), **poll).content.decode()
    assert "3 of 3" in last
    assert "hx-trigger" not in last
    assert "100 percent" in last
    assert SyncError.everywhere.filter(state="open").count() == 1


def test_a_retry_is_called_off(rows: Rows, shop_owner: Client, at: At) -> None:
    from integration.models import Delivery
    from synclog.models import Retry

    error = failing(rows)
    shop_owner.post(f"{at('errors_retry')}?ids={error.pk}")
    retry = Retry.everywhere.get()
    assert Delivery.everywhere.get(pk=error.delivery_id).state == "planned"
    shop_owner.post(at("errors_cancel", retry.pk))
    assert Delivery.everywhere.get(pk=error.delivery_id).state == "refused"
    assert "Called off" in words(shop_owner, at("errors_retrying", retry.pk))


@pytest.mark.parametrize(
    ("deed", "state"),
    [("ignore", "ignored"), ("ignore_until", "ignored"), ("resolve", "resolved")],
)
def test_what_was_ticked_is_done_and_nothing_else(
    rows: Rows, shop_owner: Client, at: At, deed: str, state: str
) -> None:
    from synclog.models import SyncError

    ticked, other = failing(rows), failing(rows)
    shop_owner.post(at("errors_act"), {"deed": deed, "ids": [ticked.pk]})
    assert dict(SyncError.everywhere.values_list("pk", "state")) == {
        ticked.pk: state,
        other.pk: "open",
    }
    kept = SyncError.everywhere.get(pk=ticked.pk).ignored_revision
    assert (kept is not None) == (deed == "ignore_until")
    shop_owner.post(at("errors_act"), {"deed": deed})
    assert SyncError.everywhere.get(pk=other.pk).state == "open"


def test_a_button_leads_to_no_foreign_address(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    for back in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = shop_owner.post(at("errors_act"), {"deed": "ignore", "back": back})
        assert answer["Location"] == at("errors")


def test_who_may_only_look_changes_nothing(rows: Rows, looker: Client, at: At) -> None:
    from synclog.models import Retry

    error = failing(rows)
    retry = Retry.everywhere.create(tenant=rows.tenant)
    assert "Mark solved" not in words(looker, at("errors_show", error.pk))
    assert "Mark solved" not in words(looker, at("errors_group", error.group))
    for url in (
        at("errors_act"),
        at("errors_retry"),
        at("errors_cancel", retry.pk),
        at("errors_edit", error.pk),
    ):
        assert looker.post(url).status_code == 403


def test_another_merchant_s_errors_are_not_there(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from synclog.models import Retry, SyncError

    error = failing(rows)
    other = rows.tenants()
    SyncError.everywhere.filter(pk=error.pk).update(tenant=other)
    retry = Retry.everywhere.create(tenant=other)
    for url in (
        at("errors_show", error.pk),
        at("errors_group", error.group),
        at("errors_edit", error.pk),
        at("errors_retrying", retry.pk),
    ):
        assert shop_owner.get(url).status_code == 404
    shop_owner.post(at("errors_act"), {"deed": "resolve", "ids": [error.pk]})
    assert SyncError.everywhere.get(pk=error.pk).state == "open"
    assert shop_owner.post(at("errors_cancel", retry.pk)).status_code == 404


def test_the_file_holds_what_matches_in_cells_that_are_safe(
    rows: Rows, looker: Client, at: At
) -> None:
    failing(rows, label="=cmd|' /C calc'!A0", message="No.")
    failing(rows, label="Other", code="sku_taken")
    answer = looker.get(at("errors_csv") + "?code=refused")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert len(lines) == 2
    assert "'=cmd" in lines[1]
    assert "Needs" in lines[1] or "needs_you" in lines[1]


def test_one_error_tells_all_of_it(rows: Rows, shop_owner: Client, at: At) -> None:
    error = failing(rows, code="gone_on_target", message="It is no longer in the shop.")
    page = words(shop_owner, at("errors_show", error.pk))
    for told in (
        "It is no longer in the shop.",
        "It was sent before and has been deleted on the target since.",
        "Try again",
        "Edit and resend",
        "Ignore until it changes",
        "First seen.",
    ):
        assert told in page


def test_pages_cost_the_same_for_few_and_for_many(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    first = failing(rows)
    pages = (at("errors"), at("errors_group", first.group), at("errors_show", first.pk))

    def cost() -> list[int]:
        counts = []
        for url in pages:
            with CaptureQueriesContext(database) as made:
                assert shop_owner.get(url).status_code == 200
            counts.append(len(made))
        return counts

    few = cost()
    for number in range(12):
        failing(rows)
        failing(rows, code=f"code{number}")
    assert cost() == few
