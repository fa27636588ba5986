"""Has a person sign in at a platform from a machine that need not have a browser."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from integration.contract.connector import Connector
from integration.contract.grant import Opened
from integration.engine import accounts, consent, grants
from integration.engine.consent import Asked
from integration.management import named
from integration.models import Grant, Tenant

# Seconds between two looks whether the person has answered.
LOOK = 1.0

Say = Callable[[str], Any]
Settings = dict[str, Any]


def add_options(parser: CommandParser, connector: Connector) -> None:
    """What a sign-in may be told beforehand."""
    if connector.oauth is not None:
        parser.add_argument(
            "--signed-in-for",
            default="",
            metavar="CONNECTION",
            help="go on with the sign-in of that connection: another account it opens",
        )


def needed(connector: Connector, settings: Settings) -> bool:
    """Whether a person signs in for a connection with these settings."""
    return connector.oauth is not None and connector.oauth.applies(settings)


def grant(
    tenant: Tenant,
    connector: Connector,
    settings: Settings,
    options: dict[str, Any],
    say: Say,
) -> Grant:
    """A consent in force: that of another connection, or one that is asked for now.

    CommandError where none was given in time. Raises the failures of asking for it.
    """
    shared = options["signed_in_for"]
    if shared:
        connection = named.connection(tenant, shared)
        if connection.platform != connector.key or connection.grant is None:
            raise CommandError(f"Nobody signed in at {connector.label} for “{shared}”.")
        return connection.grant
    asked = consent.begin(tenant, connector, settings, options["label"])
    say(f"Open this address, on any machine, and sign in at {connector.label}:")
    say(asked.url)
    return _awaited(asked)


def chosen(
    given: Grant, connector: Connector, settings: Settings, say: Say
) -> Settings:
    """The settings with the account to connect; a person is asked where several were
    opened.

    CommandError where it is not known which. Raises the failures of the API.
    """
    setting = grants.oauth_of(connector).setting
    if not setting:
        return settings
    opened = accounts.opened(given, connector, settings)
    if not opened:
        raise CommandError(f"The sign-in opens no account at {connector.label}.")
    account = _account(opened, str(settings.get(setting) or ""), setting)
    say(f"Account: {account.name} ({account.external_id})")
    return {**settings, setting: account.external_id}


def _awaited(asked: Asked) -> Grant:
    """Looks at the row until it is answered or too old."""
    row = asked.consent
    try:
        while timezone.now() - row.created_at <= consent.LASTS:
            row.refresh_from_db()
            if row.grant is not None:
                return row.grant
            if consent.failed(row):
                raise CommandError(
                    "The sign-in did not succeed; the page in the browser says why."
                )
            time.sleep(LOOK)
    except KeyboardInterrupt:
        raise CommandError("Nothing was stored.") from None
    raise CommandError("Nobody signed in within a quarter of an hour.")


def _account(opened: Sequence[Opened], wanted: str, setting: str) -> Opened:
    """The one account meant: by id, by name, or the only one."""
    fits = [each for each in opened if wanted in (each.external_id, each.name)]
    if len(fits) == 1 or (len(opened) == 1 and not wanted):
        return (fits or opened)[0]
    listed = [f"{each.name} ({each.external_id})" for each in opened]
    if wanted or not sys.stdin.isatty():
        option = "--" + setting.replace("_", "-")
        raise CommandError(
            f"Which account is meant? Give {option} one of: {', '.join(listed)}."
        )
    return opened[_number(listed)]


def _number(listed: Sequence[str]) -> int:
    """Which of these a person at the terminal means."""
    for place, words in enumerate(listed, start=1):
        sys.stderr.write(f"{place}  {words}\n")
    while True:
        sys.stderr.write("Which one (number): ")
        sys.stderr.flush()
        try:
            typed = input().strip()
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nothing was connected.") from None
        if typed.isdigit() and 1 <= int(typed) <= len(listed):
            return int(typed) - 1
