"""Events on their way to merchants' own addresses, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from integration.models import Connection, Endpoint, Member, Run, RunState, Tenant
from synclog import alerts, couriers, events, happened, journal, webhooks
from synclog.journal import Problem
from synclog.models import Notice, NoticeState
from tests.synclog.conftest import Mailbox
from tests.synclog.receiver import Receiver, receiving

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
FORMER = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The merchant's own server."""
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(tenant: Tenant, receiver: Receiver) -> Endpoint:
    """Its address, told of everything."""
    return Endpoint.everywhere.create(
        tenant=tenant,
        url=receiver.url,
        events=list(events.CHOICES),
        secrets={"signing": SECRET},
    )


def refused(number: int, code: str = "refused") -> Problem:
    return Problem(
        "product", str(number), code, "price", "No price.", label=f"Mug {number}"
    )


def webhook_notices() -> Any:
    return Notice.everywhere.filter(channel="webhook")


def deliver(now: datetime | None = None) -> None:
    """Send everything that is due."""
    while couriers.tell(now):
        pass


def test_equal_problems_of_one_page_are_one_signed_event(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    journal.open_problems(crystal, [refused(n) for n in range(60)], at=NOON)
    journal.open_problems(crystal, [refused(1)], at=NOON + timedelta(hours=1))
    deliver()
    (letter,) = receiver.letters
    event = letter.verified(SECRET)
    assert event["type"] == "error.opened"
    assert event["timestamp"] == "2026-03-02T12:00:00Z"
    assert event["tenant"] == "acme"
    assert event["data"]["count"] == 60
    assert len(event["data"]["items"]) == happened.NAMED
    assert event["data"]["items"][0] == {
        "external_id": "0",
        "name": "Mug 0",
        "message": "No price.",
    }
    assert event["data"]["connection"]["platform"] == "crystal"
    notice = webhook_notices().get()
    assert notice.state == NoticeState.SENT
    (tried,) = notice.context["tries"]
    assert tried["status"] == 200
    assert tried["answer"] == "thank you, api_token=***"
    with pytest.raises(WebhookVerificationError):
        letter.verified(FORMER)


def test_problems_that_are_over_are_told_by_whoever_closed_them(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    journal.open_problems(crystal, [refused(1), refused(2, "other")], at=NOON)
    journal.close_problems(crystal, kind="product", by="sync")
    deliver()
    over = [each.event for each in receiver.letters if "resolved" in each.event["type"]]
    assert sorted(each["data"]["code"] for each in over) == ["other", "refused"]
    assert {each["data"]["resolved_by"] for each in over} == {"sync"}


def test_what_happened_and_is_rolled_back_is_not_told(
    crystal: Connection, endpoint: Endpoint, transactional_db: None
) -> None:
    with transaction.atomic():
        journal.open_problems(crystal, [refused(1)])
        assert webhook_notices().count() == 1
        transaction.set_rollback(True)
    assert not webhook_notices().exists()


def test_every_sort_of_event_has_the_documented_shape(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver, mailbox: Mailbox
) -> None:
    journal.open_problems(crystal, [refused(1)])
    journal.close_problems(crystal, by="person")
    alerts.connection_lost(crystal, NOON)
    alerts.connection_back(crystal, NOON)
    for state, full in (("done", False), ("done", True), ("failed", False)):
        run = Run.everywhere.create(
            tenant=crystal.tenant,
            connection=crystal,
            stream="products",
            selection={},
            selection_key=state,
            cause="schedule",
            state=RunState(state),
            everything=full,
        )
        happened.runs_ended([run], NOON)
    deliver(timezone.now())
    seen = {each.event["type"]: each.verified(SECRET) for each in receiver.letters}
    assert {
        "error.opened",
        "error.resolved",
        "connection.lost",
        "connection.back",
        "run.finished",
        "run.failed",
        "full_sync.finished",
    } == set(seen)
    for name, event in seen.items():
        example = events.example(name)
        assert set(event) == set(example)
        assert set(event["data"]) == set(example["data"]), name


def test_an_address_hears_of_what_it_chose_and_of_its_own_merchant_alone(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    Endpoint.everywhere.update(events=["connection.lost"])
    beta = Tenant.objects.create(slug="beta", name="Beta")
    theirs = Connection.everywhere.create(tenant=beta, platform="crystal", account="b")
    journal.open_problems(crystal, [refused(1)])
    alerts.connection_lost(theirs, NOON)
    alerts.connection_lost(crystal, NOON)
    deliver(timezone.now())
    assert receiver.types == ["connection.lost"]
    assert receiver.letters[0].event["tenant"] == "acme"


def test_a_merchant_without_an_address_costs_one_statement_a_page(
    crystal: Connection,
) -> None:
    with CaptureQueriesContext(database) as queries:
        journal.open_problems(crystal, [refused(number) for number in range(200)])
    asked = [each for each in queries if "integration_endpoint" in each["sql"]]
    assert len(asked) == 1
    assert not webhook_notices().exists()


def test_two_signatures_while_a_secret_is_being_replaced(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    until = timezone.now() + timedelta(hours=1)
    endpoint.secrets = {
        "signing": SECRET,
        "former": FORMER,
        "former_until": until.isoformat(),
    }
    endpoint.save()
    journal.open_problems(crystal, [refused(1)])
    deliver()
    (letter,) = receiver.letters
    assert letter.verified(SECRET) == letter.verified(FORMER)
    assert webhooks.in_force(endpoint.secrets, until) == [SECRET]


def test_a_refused_event_climbs_the_ladder_under_one_id_and_is_given_up_in_a_day(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    receiver.status = 500
    journal.open_problems(crystal, [refused(1)], at=NOON)
    now, waits = NOON, []
    notice = webhook_notices().get()
    while couriers.tell(now):
        notice.refresh_from_db()
        if notice.state == NoticeState.GAVE_UP:
            break
        waits.append((notice.not_before - now).total_seconds())
        now = notice.not_before
    assert waits == list(webhooks.LADDER)
    assert now - NOON <= timedelta(days=1)
    assert notice.state == NoticeState.GAVE_UP
    assert len(notice.context["tries"]) == len(waits) + 1
    assert len({each.headers["webhook-id"] for each in receiver.letters}) == 1
    endpoint.refresh_from_db()
    assert endpoint.failing_since == NOON
    assert endpoint.enabled


def test_an_address_that_fails_is_asked_for_one_event_at_a_time(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    for number in range(5):
        journal.open_problems(crystal, [refused(number, f"code{number}")], at=NOON)
    receiver.status = 503
    deliver(NOON)
    assert len(receiver.letters) == 1
    receiver.status = 204
    deliver(NOON + timedelta(seconds=5))
    assert len(receiver.letters) == 6
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_after_five_days_it_is_switched_off_and_the_merchant_told(
    crystal: Connection,
    endpoint: Endpoint,
    owner: Member,
    receiver: Receiver,
    mailbox: Mailbox,
) -> None:
    receiver.status = 500
    Endpoint.everywhere.update(failing_since=NOON - timedelta(days=5, minutes=1))
    journal.open_problems(crystal, [refused(1), refused(2, "other")], at=NOON)
    deliver(NOON)
    endpoint.refresh_from_db()
    assert not endpoint.enabled
    assert len(receiver.letters) == 1
    states = set(webhook_notices().values_list("state", flat=True))
    assert states == {NoticeState.DROPPED}
    (mail,) = mailbox.messages
    assert mail["Subject"].startswith("Weft no longer sends events to http://127.0.0.1")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "took no event for five days" in text.get_content()
    assert f"/t/acme/webhooks/out/{endpoint.pk}/" in text.get_content()
    assert "k3y-of-mine" not in text.get_content()


def test_whoever_answers_gone_is_asked_no_more(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    receiver.status = 410
    journal.open_problems(crystal, [refused(1)], at=NOON)
    deliver(NOON)
    endpoint.refresh_from_db()
    assert not endpoint.enabled


def test_a_redirect_is_not_followed(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver
) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = 302, elsewhere.url
        journal.open_problems(crystal, [refused(1)], at=NOON)
        deliver(NOON)
        assert elsewhere.letters == []
    assert webhook_notices().get().state == NoticeState.FAILED


def test_an_address_inside_the_house_is_never_called(
    crystal: Connection, endpoint: Endpoint, receiver: Receiver, settings: Any
) -> None:
    settings.WEFT_ALLOW_LOOPBACK = False
    settings.WEFT_NETWORKS = ["127.0.0.0/8"]
    journal.open_problems(crystal, [refused(1)], at=NOON)
    deliver(NOON)
    assert receiver.letters == []
    assert "was not called" in webhook_notices().get().message
