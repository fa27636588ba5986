"""Who is told what: chosen for all, chosen for oneself, and ended by one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core import mail
from django.test import Client
from django.utils import timezone

from integration.models import Member
from synclog import alerts
from synclog.models import ErrorGroup, Notice, SyncError

if TYPE_CHECKING:
    from tests.admin.rows import Rows

At = Callable[..., str]
WISHES = {
    "sale": "now",
    "problem": "now",
    "gave_up": "now",
    "recovered": "now",
    "connection": "now",
    "language": "en",
}


def told(rows: Rows) -> list[Notice]:
    """What is planned now, of a merchant with a new problem."""
    alerts.plan_notices()
    return list(Notice.everywhere.filter(tenant=rows.tenant).order_by("pk"))


def test_problems_are_told_at_once_where_that_is_the_wish(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    rows.errors()
    assert told(rows) == []
    shop_owner.post(at("settings_alerts"), WISHES)
    (notice,) = told(rows)
    assert notice.to == ["owner@example.com"]


def test_what_is_off_is_told_nobody_and_not_saved_up(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    shop_owner.post(at("settings_alerts"), {**WISHES, "problem": "off"})
    rows.errors()
    assert told(rows) == []
    shop_owner.post(at("settings_alerts"), WISHES)
    assert told(rows) == []
    rows.errors()
    assert len(told(rows)) == 1


def test_one_person_may_be_left_out(
    rows: Rows, shop_owner: Client, person: Callable[[str], Client], at: At
) -> None:
    person("admin")
    shop_owner.post(at("settings_alerts"), WISHES)
    shop_owner.post(at("settings_alerts_mine"), {"wanted": ["sale"]})
    rows.errors()
    (notice,) = told(rows)
    assert notice.to == ["admin@example.com"]


def test_quiet_hours_need_both_ends(rows: Rows, shop_owner: Client, at: At) -> None:
    answer = shop_owner.post(at("settings_alerts"), {**WISHES, "quiet_from": "22:00"})
    assert "quiet_until" in answer.context["form"].errors


def test_a_mail_s_link_mutes_its_group_until_it_has_recovered(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    shop_owner.post(at("settings_alerts"), WISHES)
    rows.errors()
    (notice,) = told(rows)
    alerts.send(notice)
    (sent,) = mail.outbox
    link = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert link in sent.body
    link = link.removeprefix("http://testserver")
    nobody = Client(enforce_csrf_checks=True)
    assert nobody.get(link).status_code == 200
    assert not ErrorGroup.everywhere.exclude(muted_at=None).exists()
    once = {"List-Unsubscribe": "One-Click"}
    assert nobody.post(link, once).status_code == 200
    rows.errors()
    assert told(rows) == [notice]
    SyncError.everywhere.update(state="resolved", resolved_at=timezone.now())
    told(rows)
    assert ErrorGroup.everywhere.filter(muted_at=None).count() == 1


def test_the_address_in_a_mail_shows_the_errors_of_its_group(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    shop_owner.post(at("settings_alerts"), WISHES)
    error = rows.errors()
    (notice,) = told(rows)
    link = notice.context["groups"][0]["link"].removeprefix("http://testserver")
    assert link == at("errors_group", error.group)
    assert at("errors_show", error.pk) in shop_owner.get(link).content.decode()


def test_a_made_up_link_mutes_nothing(client: Client, rows: Rows) -> None:
    rows.error_groups()
    assert client.post("/mute/1:made-up/").status_code == 404
    assert not ErrorGroup.everywhere.exclude(muted_at=None).exists()


def test_a_test_mail_goes_to_who_asks(rows: Rows, shop_owner: Client, at: At) -> None:
    shop_owner.post(at("settings_alerts_test"))
    assert alerts.tell(timezone.now())
    (sent,) = mail.outbox
    assert sent.to == ["owner@example.com"]


def test_mail_speaks_the_merchant_s_language(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    shop_owner.post(at("settings_alerts"), {**WISHES, "language": "sv"})
    rows.errors()
    (notice,) = told(rows)
    alerts.send(notice)
    html = str(mail.outbox[0].alternatives[0][0])
    assert '<html lang="sv">' in html
    assert "Något kom inte fram" in html


def test_viewers_are_told_nothing(rows: Rows, looker: Client, at: At) -> None:
    Member.objects.filter(role="owner").delete()
    rows.errors()
    assert told(rows) == []
    assert looker.post(at("settings_alerts_mine"), {}).status_code == 403
