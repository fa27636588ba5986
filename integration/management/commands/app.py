"""`manage.py app`: what this installation registered with a platform, once for all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.contract import registry
from integration.contract.connector import Connector, Field
from integration.engine import consent
from integration.management import named, questions
from integration.models import App

FIELDS = (
    Field(
        name="client_id",
        label="Client id",
        help="The platform shows it once the app is registered there.",
    ),
    Field(
        name="client_secret",
        label="Client secret",
        type="secret",
        required=False,
        help="Where the platform gives one; else each sign-in proves itself (PKCE).",
    ),
    Field(
        name="webhook_key",
        label="Webhook key",
        type="secret",
        required=False,
        help="What the platform signs its calls to this installation with.",
    ),
)


class Command(BaseCommand):
    """Stores the client id and its secrets; one known already gets what is given."""

    help = "Keep this installation's own registration with a platform"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("platform", metavar="PLATFORM")
        questions.add_fields(parser, FIELDS)

    def handle(self, *args: Any, **options: Any) -> None:
        named.needs_database()
        connector = _connector(options["platform"])
        given = questions.answered(FIELDS, options)
        client_id = given.pop("client_id")
        app = App.objects.filter(platform=connector.key, client_id=client_id).first()
        app = app or App(platform=connector.key, client_id=client_id)
        app.secrets = {**app.secrets, **{name: given[name] for name in given}}
        app.save()
        held = ", ".join(sorted(name for name, value in app.secrets.items() if value))
        self.stdout.write(
            f"Stored: the app {client_id} at {connector.label} "
            f"({held or 'without secrets'})."
        )
        for what, address in _addresses(connector):
            self.stdout.write(f"{what} to enter there: {address}")


def _connector(key: str) -> Connector:
    """The platform of that key. CommandError where it asks for no app."""
    asking = {
        connector.key: connector
        for connector in registry.connectors().values()
        if connector.oauth is not None or connector.app_webhooks is not None
    }
    if key in asking:
        return asking[key]
    known = ", ".join(asking) or "there are none"
    raise CommandError(f"No app is registered with “{key}”; it is with: {known}.")


def _addresses(connector: Connector) -> list[tuple[str, str]]:
    """What the platform must be told of this installation."""
    found = []
    if connector.oauth is not None:
        found.append(("Redirect address", consent.redirect_uri(connector.key)))
    if connector.app_webhooks is not None:
        address = f"{settings.WEFT_PUBLIC_URL}/hooks/app/{connector.key}/"
        found.append(("Webhook address", address))
    return found
