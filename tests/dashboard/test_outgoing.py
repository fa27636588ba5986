"""The merchant's own addresses: added, tested, read, switched off; and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration.engine import endpoints
from integration.models import Endpoint, Tenant
from synclog import couriers
from synclog.events import CATALOGUE
from synclog.models import Notice
from tests.people import sign_in
from tests.synclog.receiver import Receiver, receiving

if TYPE_CHECKING:
    from tests.admin.rows import Rows

At = Callable[..., str]
CHOSEN = {"events": ["error.opened", "order.posted"], "description": "The warehouse"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The merchant's own server."""
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(rows: Rows, receiver: Receiver) -> Endpoint:
    """Its address, told of one sort of event."""
    made, _ = endpoints.add(rows.tenant, receiver.url, ["error.opened"])
    return made


def confirmed(client: Client) -> Client:
    """The same person, who has just shown that it is them."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return sign_in(client, user, confirmed=True)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return str(answer.content.decode())


def test_an_admin_adds_an_address_sees_its_secret_once_and_tests_it(
    rows: Rows, person: Callable[[str], Client], receiver: Receiver, at: At
) -> None:
    admin = confirmed(person("admin"))
    assert "No address yet" in text(admin, at("webhooks_out"))
    assert "order.posted" in text(admin, at("webhooks_out_add"))
    answer = admin.post(at("webhooks_out_add"), {**CHOSEN, "url": receiver.url})
    made = Endpoint.everywhere.get()
    secret = made.secrets["signing"]
    assert secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert made.events == CHOSEN["events"]
    answer = admin.post(at("webhooks_out_ping", made.pk), follow=True)
    assert "Not tried yet" in answer.content.decode()
    assert couriers.tell()
    (letter,) = receiver.letters
    assert letter.verified(secret)["type"] == "ping"
    event = Notice.everywhere.get()
    shown = text(admin, at("webhooks_out_event", made.pk, event.pk))
    assert "thank you, api_token=***" in shown
    assert letter.headers["webhook-id"] in shown
    pages = [at("webhooks_out"), at("webhooks_out_one", made.pk)]
    told = shown + "".join(text(admin, page) for page in pages)
    assert secret not in told
    assert "k3y-of-mine" not in told
    assert "The warehouse" in told


def test_what_cannot_be_is_named_at_its_field(
    rows: Rows, person: Callable[[str], Client], at: At, endpoint: Endpoint
) -> None:
    admin = confirmed(person("admin"))
    for page in (at("webhooks_out_add"), at("webhooks_out_change", endpoint.pk)):
        answer = admin.post(page, {**CHOSEN, "url": "https://10.0.0.1/x"})
        assert "private or reserved network" in answer.content.decode()
        answer = admin.post(page, {"url": endpoint.url})
        assert "This field is required" in answer.content.decode()
    assert Endpoint.everywhere.count() == 1
    endpoint.refresh_from_db()
    assert endpoint.events == ["error.opened"]


def test_an_address_is_changed_signed_anew_switched_off_and_removed(
    rows: Rows, person: Callable[[str], Client], at: At, endpoint: Endpoint
) -> None:
    admin = confirmed(person("admin"))
    before = endpoint.secrets["signing"]
    admin.post(at("webhooks_out_change", endpoint.pk), {**CHOSEN, "url": endpoint.url})
    assert "24 hours" in text(admin, at("webhooks_out_secret", endpoint.pk))
    answer = admin.post(at("webhooks_out_secret", endpoint.pk))
    fresh = Endpoint.everywhere.get()
    assert fresh.events == CHOSEN["events"]
    assert fresh.secrets["former"] == before
    assert fresh.secrets["signing"] in answer.content.decode()
    assert "Replaced" in text(admin, at("webhooks_out_one", endpoint.pk))
    admin.post(at("webhooks_out_switch", endpoint.pk), {"on": "no"})
    assert "is switched off" in text(admin, at("webhooks_out_one", endpoint.pk))
    answer = admin.post(at("webhooks_out_ping", endpoint.pk), follow=True)
    assert "Switch the address on first" in answer.content.decode()
    assert "Remove it" in text(admin, at("webhooks_out_remove", endpoint.pk))
    admin.post(at("webhooks_out_remove", endpoint.pk))
    assert not Endpoint.everywhere.exists()


def test_a_viewer_looks_an_operator_sends_again_and_neither_changes_anything(
    rows: Rows,
    looker: Client,
    person: Callable[[str], Client],
    at: At,
    endpoint: Endpoint,
    receiver: Receiver,
) -> None:
    receiver.status = 500
    event = endpoints.ping(endpoint)
    couriers.tell()
    operator = confirmed(person("operator"))
    for page in (
        at("webhooks_out"),
        at("webhooks_out_catalogue"),
        at("webhooks_out_one", endpoint.pk),
        at("webhooks_out_event", endpoint.pk, event.pk),
    ):
        assert "Replace the secret" not in text(looker, page)
        assert "Send again" not in text(looker, page)
    again = at("webhooks_out_resend", endpoint.pk, event.pk)
    assert looker.post(again).status_code == 403
    assert operator.get(again).status_code == 405
    assert "status 500" in text(operator, at("webhooks_out_one", endpoint.pk))
    assert operator.post(again).status_code == 302
    event.refresh_from_db()
    assert event.state == "planned"
    for name in ("add", "change", "secret", "remove", "switch", "ping"):
        page = at(f"webhooks_out_{name}", *([] if name == "add" else [endpoint.pk]))
        assert operator.post(page, {"on": "no"}).status_code == 403, name
    endpoint.refresh_from_db()
    assert endpoint.enabled


def test_another_merchant_s_address_is_not_there(
    rows: Rows, shop_owner: Client, at: At, receiver: Receiver
) -> None:
    beta = Tenant.objects.create(slug="beta", name="Beta")
    theirs, _ = endpoints.add(beta, receiver.url, ["error.opened"])
    event = endpoints.ping(theirs)
    owner = confirmed(shop_owner)
    for name in ("one", "change", "secret", "remove"):
        assert owner.get(at(f"webhooks_out_{name}", theirs.pk)).status_code == 404
    for name in ("change", "secret", "remove", "switch", "ping"):
        assert owner.post(at(f"webhooks_out_{name}", theirs.pk)).status_code == 404
    page = at("webhooks_out_event", theirs.pk, event.pk)
    assert owner.get(page).status_code == 404
    assert owner.post(f"{page}resend/").status_code == 404
    mine, _ = endpoints.add(rows.tenant, receiver.url, ["error.opened"])
    page = at("webhooks_out_event", mine.pk, event.pk)
    assert owner.get(page).status_code == 404
    assert Endpoint.everywhere.count() == 2


def test_the_pages_cost_the_same_for_any_number_of_addresses_and_events(
    rows: Rows, shop_owner: Client, at: At, receiver: Receiver
) -> None:
    counts = []
    for many in (1, 8):
        for _ in range(many):
            made, _secret = endpoints.add(rows.tenant, receiver.url, ["error.opened"])
            for _ in range(many * 8):
                endpoints.ping(made)
        for page in (at("webhooks_out"), at("webhooks_out_one", made.pk)):
            text(shop_owner, page)
            with CaptureQueriesContext(database) as queries:
                text(shop_owner, page)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert "after=" in text(shop_owner, at("webhooks_out_one", made.pk))
    last = text(shop_owner, at("webhooks_out_one", made.pk) + "?state=sent")
    assert "No event stands like this" in last


def test_every_event_is_documented_with_an_example(looker: Client, at: At) -> None:
    shown = text(looker, at("webhooks_out_catalogue"))
    for sort in CATALOGUE:
        assert f'id="{sort.name}"' in shown
        assert f"&quot;type&quot;: &quot;{sort.name}&quot;" in shown
    assert "webhook-signature" in shown
