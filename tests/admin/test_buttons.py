"""Each button of the staff admin does what it says, is noted, and rings the bell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from integration.admin.buttons import ButtonAdmin
from integration.models import Connection, Delivery, Link, Run, WebhookEvent
from synclog.models import AuditEvent
from tests.admin.rows import CANARY, Rows
from tests.people import sign_in

Press = Callable[..., str]


def url(row: Model, name: str, *args: object) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=args)


@pytest.fixture
def press(staff: Client, django_capture_on_commit_callbacks: Any) -> Press:
    """Press a button on a row's page as a superuser; the page that comes then."""

    def pressed(row: Model, name: str, **given: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            answer = staff.post(url(row, "press", row.pk, name), given, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return pressed


def traces() -> list[tuple[str, str]]:
    found = AuditEvent.everywhere.order_by("pk").values_list("actor", "verb")
    return list(found)


def fresh(row: Any) -> Any:
    return type(row).everywhere.get(pk=row.pk)


def selections() -> list[tuple[str, dict[str, Any]]]:
    rows = Run.everywhere.filter(selection_key__regex="^[0-9a-f]{32}$")
    return [(run.stream, run.selection) for run in rows.order_by("pk")]


def test_sync_now_reads_a_record_anew_where_it_is_known(
    rows: Rows, press: Press
) -> None:
    record = rows.records()
    link = Link.everywhere.get(record=record)
    press(record, "sync_now")
    stream, selection = selections()[0]
    assert selection == {"type": "These", "ids": [link.external_id]}
    assert stream == "products"
    assert traces() == [("boss", "sync_now")]
    assert OrmQ.objects.count() == 1


def test_sync_now_reads_a_link_anew(rows: Rows, press: Press) -> None:
    link = rows.links()
    press(link, "sync_now")
    assert selections() == [("products", {"type": "These", "ids": [link.external_id]})]
    assert traces() == [("boss", "sync_now")]


@pytest.mark.parametrize(
    ("name", "wanted", "verb"),
    [
        ("sync_now", {"type": "Changed", "since": None}, "sync_now"),
        ("read_oldest", {"type": "Oldest", "n": 10}, "read_oldest"),
        ("read_everything", {"type": "Everything", "resend": False}, "read_everything"),
        (
            "send_everything",
            {"type": "Everything", "resend": True},
            "sent_everything_again",
        ),
    ],
)
@pytest.mark.parametrize("of", ["back", "route"])
def test_a_connection_or_a_route_is_read_as_asked(
    name: str, wanted: dict[str, Any], verb: str, of: str, rows: Rows, press: Press
) -> None:
    row = getattr(rows, of)
    press(row, name, sure="yes")
    asked = selections()
    assert asked
    assert all(selection == wanted for _, selection in asked)
    assert traces() == [("boss", verb)]
    full = wanted["type"] == "Everything"
    limits = set(Run.everywhere.values_list("limit_to", flat=True))
    assert limits == {rows.shop.pk if full and of == "route" else None}


def test_a_full_read_of_a_connection_leaves_sales_alone_and_a_route_s_does_not(
    rows: Rows, press: Press
) -> None:
    orders = rows.routes()
    type(orders).everywhere.filter(pk=orders.pk).update(
        kind="order", policy="create_only", source=rows.shop, target=rows.back
    )
    page = press(rows.shop, "read_everything", sure="yes")
    assert "Nothing to read" in page
    assert selections() == []
    press(fresh(orders), "read_everything", sure="yes")
    assert [stream for stream, _ in selections()] == ["orders"]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("read_everything", lambda rows: rows.back),
        ("send_everything", lambda rows: rows.route),
        ("post_again", lambda rows: rows.deliveries(state="refused")),
        ("close", lambda rows: rows.deliveries()),
        ("stop", lambda rows: rows.runs()),
        ("go_on", lambda rows: rows.runs()),
    ],
)
def test_what_cannot_be_taken_back_asks_first(
    name: str, make: Callable[[Rows], Model], rows: Rows, press: Press
) -> None:
    row = make(rows)
    before = list(Run.everywhere.values()), list(Delivery.everywhere.values())
    page = press(row, name)
    assert 'name="sure"' in page
    assert "<script>alert" not in page
    assert (list(Run.everywhere.values()), list(Delivery.everywhere.values())) == before
    assert traces() == []


def test_a_refused_delivery_is_tried_again_at_once(rows: Rows, press: Press) -> None:
    later = timezone.now() + timedelta(hours=4)
    delivery = rows.deliveries(state="refused", not_before=later, attempts=3)
    assert "1 tried again." in press(delivery, "retry")
    delivery = fresh(delivery)
    assert (delivery.state, delivery.attempts) == ("planned", 0)
    assert delivery.not_before < later
    assert traces() == [("boss", "retried")]


def test_a_delivery_weft_gave_up_on_is_opened_anew(rows: Rows, press: Press) -> None:
    delivery = rows.deliveries(state="gave_up", frozen=None, ended_at=timezone.now())
    press(delivery, "retry")
    delivery = fresh(delivery)
    assert (delivery.state, delivery.ended_at) == ("planned", None)
    assert traces() == [("boss", "retried")]


def test_a_person_says_under_which_id_it_is_there(rows: Rows, press: Press) -> None:
    delivery = rows.deliveries(state="refused", code="may_already_exist")
    error = rows.errors(record=delivery.record, delivery=delivery)
    assert "Its id on the target" in press(delivery, "confirm_there")
    assert "This field is required" in press(delivery, "confirm_there", sure="yes")
    assert fresh(delivery).state == "refused"
    press(delivery, "confirm_there", sure="yes", external_id=" 4711 ")
    link = Link.everywhere.get(record=delivery.record, connection=rows.shop)
    assert link.external_id == "4711"
    assert (fresh(delivery).state, fresh(delivery).done_by) == ("closed", "confirmed")
    assert fresh(error).state == "resolved"
    assert traces() == [("boss", "confirmed")]


def test_an_id_that_is_another_thing_s_is_not_confirmed(
    rows: Rows, press: Press
) -> None:
    taken = rows.links()
    delivery = rows.deliveries(state="refused", code="may_already_exist")
    given = {"sure": "yes", "external_id": taken.external_id}
    assert "contradict another row" in press(delivery, "confirm_there", **given)
    assert fresh(delivery).state == "refused"
    assert traces() == []


def test_what_is_done_is_not_confirmed_again(rows: Rows, press: Press) -> None:
    delivery = rows.deliveries(state="done")
    page = press(delivery, "confirm_there", sure="yes", external_id="4711")
    assert "known already" in page
    assert not Link.everywhere.exists()


def test_a_write_that_is_not_there_is_posted_as_something_new(
    rows: Rows, press: Press
) -> None:
    delivery = rows.deliveries(state="refused", code="may_already_exist")
    press(delivery, "post_again", sure="yes")
    delivery = fresh(delivery)
    assert (delivery.state, delivery.frozen, delivery.code) == ("planned", None, "")
    assert traces() == [("boss", "posted_again")]


def test_a_delivery_nobody_owes_is_closed(rows: Rows, press: Press) -> None:
    delivery = rows.deliveries()
    press(delivery, "close", sure="yes")
    assert (fresh(delivery).state, fresh(delivery).frozen) == ("closed", None)
    assert traces() == [("boss", "closed_by_person")]


def test_an_error_is_retried_through_its_delivery(rows: Rows, press: Press) -> None:
    delivery = rows.deliveries(state="refused")
    error = rows.errors(delivery=delivery)
    assert "1 tried again." in press(error, "retry")
    assert fresh(delivery).state == "planned"
    assert fresh(error).state == "open"
    assert traces() == [("boss", "retried")]


def test_an_error_of_a_read_is_retried_by_reading(rows: Rows, press: Press) -> None:
    error = rows.errors(external_id="17")
    press(error, "retry")
    assert selections() == [("products", {"type": "These", "ids": ["17"]})]
    assert traces() == [("boss", "retried")]


@pytest.mark.parametrize(
    ("name", "state", "verb"),
    [("ignore", "ignored", "ignored"), ("resolve", "resolved", "resolved")],
)
def test_an_error_is_ignored_or_called_solved(
    name: str, state: str, verb: str, rows: Rows, press: Press
) -> None:
    error = rows.errors()
    press(error, name)
    assert fresh(error).state == state
    assert traces() == [("boss", verb)]
    press(error, name)
    assert traces() == [("boss", verb)]


def test_a_connection_is_paused_and_resumed(rows: Rows, press: Press) -> None:
    press(rows.shop, "pause")
    assert fresh(rows.shop).health == "paused"
    press(rows.shop, "resume")
    assert fresh(rows.shop).health == "healthy"
    assert traces() == [("boss", "paused"), ("boss", "resumed")]


def test_a_held_run_goes_on_and_an_active_one_is_stopped(
    rows: Rows, press: Press
) -> None:
    run = rows.runs()
    Run.everywhere.filter(pk=run.pk).update(state="held")
    press(run, "go_on", sure="yes")
    assert (fresh(run).state, fresh(run).confirmed) == ("running", True)
    press(run, "stop", sure="yes")
    assert fresh(run).state == "cancelled"
    assert traces() == [("boss", "confirmed_vanishing"), ("boss", "stopped")]


def test_a_webhook_is_replayed(rows: Rows, press: Press) -> None:
    event = rows.events()
    WebhookEvent.everywhere.filter(pk=event.pk).update(
        state="ignored", reason="unknown"
    )
    press(event, "replay")
    assert (fresh(event).state, fresh(event).reason) == ("received", "")
    assert traces() == [("boss", "replayed")]


def test_a_secret_is_replaced_without_being_shown(rows: Rows, press: Press) -> None:
    Connection.everywhere.filter(pk=rows.shop.pk).update(health="needs_reauth")
    page = press(rows.shop, "replace_secrets")
    assert CANARY not in page
    assert 'name="consumer_secret"' in page
    new = "cs_a-new-one-4b6d"
    page = press(rows.shop, "replace_secrets", sure="yes", consumer_secret=new)
    assert new not in page
    assert fresh(rows.shop).secrets == {
        "consumer_secret": new,
        "webhook_secret": CANARY,
    }
    assert fresh(rows.shop).health == "healthy"
    assert traces() == [("boss", "secrets_replaced"), ("boss", "resumed")]
    assert new not in str(list(AuditEvent.everywhere.values()))


def test_a_list_s_button_serves_the_rows_that_were_chosen(
    rows: Rows, staff: Client
) -> None:
    errors = [rows.errors() for _ in range(3)]
    chosen = {"action": "ignore", "_selected_action": [each.pk for each in errors[:2]]}
    page = staff.post(url(errors[0], "changelist"), chosen, follow=True)
    assert "2 ignored." in page.content.decode()
    assert [fresh(each).state for each in errors] == ["ignored", "ignored", "open"]


def test_a_list_s_button_that_asks_remembers_what_was_chosen(
    rows: Rows, staff: Client
) -> None:
    deliveries = [rows.deliveries() for _ in range(3)]
    chosen = [str(each.pk) for each in deliveries[:2]]
    form = {"action": "close", "_selected_action": chosen}
    page = staff.post(url(deliveries[0], "changelist"), form).content.decode()
    assert "2 deliveries" in page
    for key in chosen:
        assert f'name="_selected_action" value="{key}"' in page
    staff.post(url(deliveries[0], "changelist"), {**form, "sure": "yes"})
    states = [fresh(each).state for each in deliveries]
    assert states == ["closed", "closed", "planned"]


def test_nothing_is_done_by_following_a_link(rows: Rows, staff: Client) -> None:
    from django.contrib.admin import site

    from tests.admin.rows import MAKERS

    tried = 0
    for model, admin in site._registry.items():
        names = admin.buttons if isinstance(admin, ButtonAdmin) else ()
        for name in names:
            row = MAKERS[model](rows)
            assert staff.get(url(row, "press", row.pk, name)).status_code == 404
            tried += 1
    assert tried > 20
    assert traces() == []


def test_a_button_of_another_model_or_an_unknown_row_is_404(
    rows: Rows, staff: Client
) -> None:
    delivery = rows.deliveries()
    known = delivery.pk
    for key, name in ((known, "save_model"), (known, "go_on"), (known + 99, "retry")):
        assert staff.post(url(delivery, "press", key, name)).status_code == 404


def test_who_may_only_look_sees_no_button_and_presses_none(
    rows: Rows, client: Client
) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    sign_in(client, viewer)
    delivery = rows.deliveries(state="refused")
    page = client.get(url(delivery, "change", delivery.pk)).content.decode()
    assert "/press/" not in page
    assert client.post(url(delivery, "press", delivery.pk, "retry")).status_code == 403
    form = {"action": "retry", "_selected_action": [delivery.pk]}
    client.post(url(delivery, "changelist"), form)
    assert fresh(delivery).state == "refused"
