"""Merchants' own addresses: who may be called, with which secret, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone

from tests.road import Road
from tests.synclog.receiver import Receiver, receiving

if TYPE_CHECKING:
    from integration.models import Tenant


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The merchant's own server."""
    with receiving() as found:
        yield found


@pytest.fixture
def tenant(db: None) -> Tenant:
    """A merchant."""
    from integration.models import Tenant

    return Tenant.objects.create(slug="acme", name="Acme")


def deliver() -> None:
    from synclog import couriers

    while couriers.tell():
        pass


def test_what_happens_on_the_road_is_told_with_a_signature_that_holds(
    road: Road, receiver: Receiver
) -> None:
    from integration.engine import endpoints
    from synclog.events import CHOICES

    merchant = road.merchant()
    _, secret = endpoints.add(merchant.tenant, receiver.url, CHOICES)
    road.start(merchant)
    order = road.buy(next(iter(road.shelf())))
    # The clock stands in the past for whoever checks a signature by the real one.
    road.later(hours=2)
    deliver()
    told = [letter.event for letter in receiver.letters]
    posted = [each["data"] for each in told if each["type"] == "order.posted"]
    assert [each["name"] for each in posted] == [f"Order {order['number']}"]
    assert posted[0]["external_id"] == road.sold()[0]["id"]
    full = [each["data"] for each in told if each["type"] == "full_sync.finished"]
    assert {each["list"] for each in full} >= {"products"}
    assert all(each["full"] and each["ended_at"] for each in full)
    ids = [letter.headers["webhook-id"] for letter in receiver.letters]
    assert len(ids) == len(set(ids))
    assert receiver.letters[-1].verified(secret)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.com/x", "is no web address"),
        ("https://user:secret@example.com/x", "holds a user name"),
        ("https://10.0.0.8/x", "private or reserved network"),
        ("https://169.254.169.254/latest/meta-data", "private or reserved network"),
        ("https://[::ffff:10.0.0.8]/x", "private or reserved network"),
        ("https://0x7f.1/x", "hides a number"),
        ("https://127.0.0.1/x", "private or reserved network"),
        ("http://example.com/x", "is not encrypted"),
        ("https://example.com:8443/x", "uses port 8443"),
        ("https://nobody.invalid/x", "No such address is known"),
        ("https://example.com/" + "x" * 500, "longer than 500"),
        ("not an address", "cannot be read"),
        ("", "names no host"),
    ],
)
def test_an_address_weft_must_not_call_is_refused_by_name(
    tenant: Tenant, url: str, said: str, settings: Any
) -> None:
    from integration.engine import endpoints
    from integration.models import Endpoint

    settings.WEFT_ALLOW_LOOPBACK = False
    with pytest.raises(endpoints.Refused, match=said) as refused:
        endpoints.add(tenant, url, ["ping"])
    assert refused.value.field == "url"
    assert not Endpoint.everywhere.exists()


def test_networks_opened_for_platforms_stay_shut_for_merchants_addresses(
    tenant: Tenant, settings: Any
) -> None:
    from integration.engine import endpoints

    settings.WEFT_NETWORKS = ["10.0.0.0/8"]
    with pytest.raises(endpoints.Refused, match="private or reserved"):
        endpoints.add(tenant, "https://10.0.0.8/x", ["run.failed"])


def test_unknown_and_missing_events_and_too_many_addresses_are_refused(
    tenant: Tenant, receiver: Receiver
) -> None:
    from integration.engine import endpoints

    for chosen in ([], ["order.eaten"], ["ping"]):
        with pytest.raises(endpoints.Refused) as refused:
            endpoints.add(tenant, receiver.url, chosen)
        assert refused.value.field == "events"
    for _ in range(endpoints.MOST):
        endpoints.add(tenant, receiver.url, ["run.failed"])
    with pytest.raises(endpoints.Refused, match="10 addresses already"):
        endpoints.add(tenant, receiver.url, ["run.failed"])


def test_a_replaced_secret_signs_on_for_a_day(
    tenant: Tenant, receiver: Receiver
) -> None:
    from integration.engine import endpoints
    from integration.models import Endpoint

    made, first = endpoints.add(tenant, receiver.url, ["run.failed"])
    second = endpoints.rotate(made)
    fresh = Endpoint.everywhere.get()
    assert endpoints.former_until(fresh) is not None
    endpoints.ping(fresh)
    deliver()
    (letter,) = receiver.letters
    assert letter.verified(first) == letter.verified(second)
    assert letter.event["type"] == "ping"
    with time_machine.travel(timezone.now() + endpoints.FORMER_LASTS):
        assert endpoints.former_until(fresh) is None


def test_an_event_is_sent_again_under_the_same_id(
    tenant: Tenant, receiver: Receiver
) -> None:
    from integration.engine import endpoints

    made, secret = endpoints.add(tenant, receiver.url, ["run.failed"])
    notice = endpoints.ping(made)
    assert endpoints.resend(notice) is False
    deliver()
    assert endpoints.resend(notice) is True
    deliver()
    first, second = receiver.letters
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.verified(secret) == second.verified(secret)
    notice.refresh_from_db()
    assert len(notice.context["tries"]) == 2


def test_an_address_switched_off_gets_nothing_more(
    tenant: Tenant, receiver: Receiver
) -> None:
    from integration.engine import endpoints
    from synclog.models import Notice

    made, _ = endpoints.add(tenant, receiver.url, ["run.failed"])
    endpoints.ping(made)
    endpoints.switch(made, on=False)
    deliver()
    assert receiver.letters == []
    assert Notice.everywhere.get().state == "dropped"
    assert endpoints.resend(Notice.everywhere.get()) is False
    endpoints.switch(made, on=True)
    assert endpoints.resend(Notice.everywhere.get()) is True


def test_every_deed_is_in_the_audit_and_no_secret_is(
    tenant: Tenant, receiver: Receiver
) -> None:
    from integration.engine import endpoints
    from synclog.models import AuditEvent

    made, secret = endpoints.add(tenant, receiver.url, ["run.failed"])
    endpoints.change(
        made, url=receiver.url, chosen=["run.failed", "order.posted"], description="ERP"
    )
    endpoints.change(made, url=made.url, chosen=made.events, description="ERP")
    other = endpoints.rotate(made)
    endpoints.ping(made)
    endpoints.switch(made, on=False)
    endpoints.remove(made)
    rows = AuditEvent.everywhere.order_by("pk")
    assert [row.verb for row in rows] == [
        "endpoint_added",
        "endpoint_changed",
        "endpoint_secret_replaced",
        "endpoint_tested",
        "endpoint_switched_off",
        "endpoint_removed",
    ]
    told = " ".join(f"{row.subject} {row.before} {row.after}" for row in rows)
    assert "k3y-of-mine" not in told
    assert secret not in told
    assert other not in told


def test_calls_that_run_short_are_told_once_in_a_window(
    road: Road, receiver: Receiver
) -> None:
    import time

    from integration.engine import endpoints, scarce
    from integration.models import CallBudget

    merchant = road.merchant(routes=False)
    endpoints.add(merchant.tenant, receiver.url, ["budget.low"])
    CallBudget.objects.filter(account=merchant.shop.account).delete()
    CallBudget.objects.create(
        platform="woocommerce",
        account=merchant.shop.account,
        window=86_400_000,
        allowed=100,
        slots=[[time.time(), 91]],
    )
    now = timezone.now()
    assert scarce.tell(now) == 1
    scarce.tell(now)
    deliver()
    (letter,) = receiver.letters
    assert letter.event["data"]["spent"] == 91
