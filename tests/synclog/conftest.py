"""A merchant with two connections, and a mail server, for tests of the sync log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from integration.models import Connection, Member, Tenant


# The server tells of every line it hears; a failing test should be readable.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@pytest.fixture
def tenant(db: None) -> Tenant:
    """A merchant in Stockholm who wants a daily digest."""
    from integration.models import Tenant

    return Tenant.objects.create(
        slug="acme",
        name="Acme AB",
        zone="Europe/Stockholm",
        email="alerts@acme.example",
    )


@pytest.fixture
def crystal(tenant: Tenant) -> Connection:
    """The merchant's ERP."""
    from integration.models import Connection

    return Connection.everywhere.create(
        tenant=tenant, platform="crystal", account="main", label="Crystal"
    )


@pytest.fixture
def shop(tenant: Tenant) -> Connection:
    """The merchant's shop."""
    from integration.models import Connection

    return Connection.everywhere.create(
        tenant=tenant, platform="woocommerce", account="shop", label="Acme shop"
    )


@pytest.fixture
def owner(tenant: Tenant, django_user_model: type) -> Member:
    """The person who owns the account."""
    from integration.models import Member, Role

    user = django_user_model.objects.create_user("ada", "ada@acme.example", "pw")
    return Member.objects.create(tenant=tenant, user=user, role=Role.OWNER)


class Mailbox:
    """A mail server's handler: keeps what comes, or refuses it while told to."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(  # noqa: N802 (the server calls it by this name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, or answer with the refusal."""
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, policy=policy.default))
        return "250 kept"

    @property
    def subjects(self) -> list[str]:
        """The subjects of what came, in order."""
        return [str(message["Subject"]) for message in self.messages]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real SMTP server on a free port, which Weft sends its mail to."""
    handler = Mailbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server(handler) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield handler


@contextmanager
def mail_server(handler: object) -> Iterator[int]:
    """A mail server that hands what comes to the handler; the port it was given.

    It listens when it is asked for its port: nobody has to try whether it answers yet.
    """
    loop = asyncio.new_event_loop()
    made = loop.create_server(
        lambda: SMTP(handler, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    server = loop.run_until_complete(made)
    thread = Thread(target=loop.run_forever, daemon=True, name="mail")
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_hung_up())
        loop.close()


async def _hung_up() -> None:
    """Every conversation is over."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
