"""Signing in at the sandboxed Xero, from the address to the renewed token."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import call_command
from django.test import Client

from connectors.xero.sandbox import PLATFORM
from connectors.xero.sandbox.identity import CLIENT_ID, CLIENT_SECRET
from integration.engine.session import Session
from integration.models import App, Connection, Grant
from integration.sandbox.server import SandboxServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def xero() -> Iterator[SandboxServer]:
    with SandboxServer([PLATFORM]) as server:
        yield server


class Person(io.StringIO):
    """Opens the address that is printed, and agrees."""

    def write(self, text: str) -> int:
        found = re.search(r"https?://\S+/authorize\?\S+", text)
        if found:
            page = requests.get(found.group(), allow_redirects=False, timeout=60)
            back = urlsplit(page.headers["Location"])
            answer = Client().get(f"{back.path}?{back.query}")
            assert answer.status_code == 200, answer.content
        return super().write(text)


def test_a_person_signs_in_at_xero_and_the_token_is_renewed(
    xero: SandboxServer, settings: Any
) -> None:
    # Xero sends people back over TLS, or to the machine they sit at.
    settings.WEFT_PUBLIC_URL = "http://127.0.0.1"
    root = f"{xero.url}/xero"
    App.objects.create(
        platform="xero",
        client_id=CLIENT_ID,
        secrets={"client_secret": CLIENT_SECRET},
    )
    identity = xero.platform("xero").identity  # type: ignore[attr-defined]
    chosen = next(iter(xero.platform("xero").organisations))  # type: ignore[attr-defined]
    out = Person()
    addresses = ("--base-url", "--login-url", "--identity-url")
    given = [word for name in addresses for word in (name, root)]
    call_command("connect", "xero", *given, "--organisation", chosen, stdout=out)
    connection = Connection.everywhere.get()
    assert connection.account == chosen
    identity.expire()
    findings = list(Session(connection).connector.probe(Session(connection).client))
    assert all(finding.ok for finding in findings)
    assert identity.events["refreshes"] == 1
    assert Grant.everywhere.get().generation == 2
