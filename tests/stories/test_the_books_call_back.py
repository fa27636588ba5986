"""Xero tells of changes at one address for all organisations, once it trusts it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from integration.models import App, WebhookEvent
from integration.sandbox.server import SandboxServer
from tests.bookkeeping import Books
from tests.road import Platform, Road

PATIENCE = 30.0


@pytest.fixture
def calling(road: Road, sandbox: SandboxServer, live_server: Any) -> Books:
    """The shop's books, whose platform knows where to call."""
    home, _ = Platform(sandbox, "xero").ledger("organisations")
    books = Books(road, sandbox, organisation=home["OrganisationID"])
    keys = books.xero.credentials
    App.objects.create(
        platform="xero",
        client_id=keys["client_id"],
        secrets={"webhook_key": keys["webhook_key"]},
    )
    books.open("customer")
    books.xero.do("webhook", url=f"{live_server.url}/hooks/app/xero/")
    until = time.monotonic() + PATIENCE
    while books.xero.ledger("webhook")["status"] != "ok":
        assert time.monotonic() < until, books.xero.ledger("webhook")
        time.sleep(0.05)
    return books


def told(books: Books) -> list[WebhookEvent]:
    """The events of the books that were stored, when there are any."""
    until = time.monotonic() + PATIENCE
    while True:
        found = list(WebhookEvent.objects.for_tenant(books.tenant))
        if found:
            return found
        assert time.monotonic() < until, "nothing was told"
        time.sleep(0.05)


def test_the_handshake_is_answered_and_a_change_is_read(calling: Books) -> None:
    made = calling.xero.do(
        "add_contact", Name="Late Riser", EmailAddress="l@example.com"
    )
    [event] = told(calling)
    assert (event.stream, event.ids) == ("contacts", [made["ContactID"]])
    assert event.signed
    calling.xero.forget()
    calling.road.settle()
    assert len(calling.xero.calls("/Contacts")) == 1
