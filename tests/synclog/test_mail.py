"""Notices on their way through a real mail server."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from integration.http.redact import remember
from integration.models import Connection, Member, Tenant
from synclog import alerts, journal
from synclog.couriers import CLAIM
from synclog.journal import Problem
from synclog.mail import LADDER
from synclog.models import Notice, NoticeState
from tests.synclog.conftest import Mailbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def refused_order(label: str = "1042") -> Problem:
    """An order that was refused, under the name a buyer chose."""
    return Problem(
        "order",
        "42",
        "missing_link",
        "product",
        "It needs the product MUG-1, which is unknown there.",
        hint="Weft brings it first and then goes on with this one.",
        label=label,
    )


@pytest.fixture
def notice(crystal: Connection, owner: Member) -> Notice:
    """One mail owed since noon."""
    journal.open_problems(crystal, [refused_order()], at=NOON)
    assert alerts.plan_notices(NOON) == 1
    return Notice.everywhere.get()


def test_a_notice_is_sent_as_text_and_html_and_then_never_again(
    notice: Notice, mailbox: Mailbox
) -> None:
    assert alerts.next_due() == NOON
    assert alerts.tell(NOON)
    assert not alerts.tell(NOON)
    assert alerts.next_due() is None
    (message,) = mailbox.messages
    assert message["Subject"] == "Order 1042 not posted to Crystal: product unknown"
    assert message["To"] == "alerts@acme.example, ada@acme.example"
    assert message["Auto-Submitted"] == "auto-generated"
    for subtype in ("plain", "html"):
        body = message.get_body((subtype,))
        assert body is not None
        text = body.get_content()
        assert "1042" in text
        assert "It needs the product MUG-1, which is unknown there." in text
        assert "Weft brings it first" in text
        assert "http://testserver/t/acme/errors/group/" in text
        assert "Acme AB" in text
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.crashes) == (NoticeState.SENT, 1, 0)


def test_hostile_names_neither_forge_headers_nor_markup(
    crystal: Connection, mailbox: Mailbox
) -> None:
    crystal.label = "Crystal\r\nBcc: all@evil.example"
    crystal.save()
    label = "1042\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\u2028\x00"
    journal.open_problems(crystal, [refused_order(label)], at=NOON)
    alerts.plan_notices(NOON)
    assert alerts.tell(NOON)
    (message,) = mailbox.messages
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Order 1042 Bcc: all@evil.example <script>")
    html = message.get_body(("html",))
    text = message.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "<script>" not in html.get_content()
    assert "<script>alert(1)</script>" in text.get_content()


def test_no_secret_travels_by_mail(crystal: Connection, mailbox: Mailbox) -> None:
    remember("cs_0123456789abcdef")
    crystal.problem = "GET /?consumer_secret=cs_0123456789abcdef refused"
    alerts.connection_lost(crystal, NOON)
    stolen = refused_order()._replace(
        code="refused", message="The key cs_0123456789abcdef is not welcome."
    )
    journal.open_problems(crystal, [stolen], at=NOON)
    alerts.plan_notices(NOON)
    while alerts.tell(NOON):
        pass
    assert len(mailbox.messages) == 2
    for message in mailbox.messages:
        whole = message["Subject"] + "".join(
            part.get_content()
            for part in message.walk()
            if part.get_content_maintype() == "text"
        )
        assert "cs_0123456789abcdef" not in whole
        assert "***" in whole


def test_every_template_is_sent_in_both_forms(
    crystal: Connection, tenant: Tenant, mailbox: Mailbox
) -> None:
    journal.open_problems(crystal, [refused_order()], at=NOON)
    alerts.plan_notices(NOON)
    alerts.gave_up(crystal, [refused_order()], NOON)
    alerts.plan_notices(NOON)
    journal.fact_changed(crystal, "currency", "EUR", "SEK")
    journal.close_problems(crystal, kind="order", by="sync")
    tomorrow = timezone.now() + timedelta(days=2)
    alerts.plan_notices(tomorrow)
    alerts.connection_lost(crystal, tomorrow)
    while alerts.tell(tomorrow):
        pass
    alerts.connection_back(crystal, tomorrow)
    while alerts.tell(tomorrow):
        pass
    sent = Notice.everywhere.filter(state=NoticeState.SENT)
    assert sorted(sent.values_list("template", flat=True)) == [
        "connection_back",
        "connection_lost",
        "digest",
        "gave_up",
        "problems",
        "recovered",
    ]
    assert len(mailbox.messages) == 6
    for message in mailbox.messages:
        assert len(list(message.iter_parts())) == 2
        for part in message.iter_parts():
            assert "{" not in part.get_content()
            assert "Acme AB" in part.get_content()


def test_a_mail_that_fails_is_tried_by_the_ladder_and_then_given_up(
    notice: Notice, mailbox: Mailbox
) -> None:
    mailbox.refusal = "451 come back later"
    now, waits = NOON, []
    while alerts.tell(now):
        notice.refresh_from_db()
        if notice.state == NoticeState.GAVE_UP:
            break
        assert notice.state == NoticeState.FAILED
        waits.append((notice.not_before - now).total_seconds())
        assert not alerts.tell(notice.not_before - timedelta(seconds=1))
        now = notice.not_before
    assert waits == list(LADDER)
    assert timedelta(hours=20) < now - NOON <= timedelta(hours=24)
    assert notice.state == NoticeState.GAVE_UP
    assert "come back later" in notice.message
    assert notice.ended_at is not None
    assert mailbox.messages == []


def test_a_mail_that_failed_arrives_once_the_server_is_well(
    notice: Notice, mailbox: Mailbox
) -> None:
    mailbox.refusal = "451 come back later"
    assert alerts.tell(NOON)
    mailbox.refusal = ""
    assert alerts.tell(NOON + timedelta(seconds=60))
    assert len(mailbox.messages) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.message) == (NoticeState.SENT, 2, "")


def test_a_server_that_is_not_there_is_a_failed_try(
    notice: Notice, mailbox: Mailbox, settings: object
) -> None:
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    assert alerts.tell(NOON)
    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED


def test_a_worker_that_dies_before_sending_loses_nothing(
    notice: Notice, mailbox: Mailbox
) -> None:
    claimed = alerts.claim_due(NOON)
    assert claimed is not None
    assert claimed.state == NoticeState.SENDING
    # It is never heard of again.
    assert not alerts.tell(NOON + CLAIM - timedelta(seconds=1))
    assert alerts.tell(NOON + CLAIM)
    assert len(mailbox.messages) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.crashes) == (NoticeState.SENT, 2, 1)


def test_a_worker_that_dies_after_sending_repeats_the_same_message(
    notice: Notice, mailbox: Mailbox
) -> None:
    claimed = alerts.claim_due(NOON)
    assert claimed is not None
    alerts.send(claimed)
    assert alerts.tell(NOON + CLAIM)
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_notice_that_kills_every_worker_is_given_up(notice: Notice) -> None:
    now = NOON
    for _ in range(len(LADDER) + 1):
        assert alerts.claim_due(now) is not None
        now += CLAIM
    assert alerts.claim_due(now) is None
    notice.refresh_from_db()
    assert notice.state == NoticeState.GAVE_UP


def test_a_claimed_notice_is_taken_by_nobody_else(notice: Notice) -> None:
    assert alerts.claim_due(NOON) is not None
    assert alerts.claim_due(NOON) is None


def test_sales_go_before_digests(crystal: Connection, mailbox: Mailbox) -> None:
    journal.fact_changed(crystal, "currency", "EUR", "SEK")
    later = timezone.now() + timedelta(days=2)
    alerts.plan_notices(later)
    journal.open_problems(crystal, [refused_order()], at=later)
    alerts.plan_notices(later)
    while alerts.tell(later):
        pass
    assert mailbox.subjects == [
        "Order 1042 not posted to Crystal: product unknown",
        "Acme AB: 1 new problem",
    ]
