"""Finds the merchant and the connection that a person named on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.base import CommandError, CommandParser

from integration.canonical.kinds import Kind
from integration.models import Connection, Tenant
from integration.web import health

FIRST_TENANT = "main"


def add_tenant(parser: CommandParser) -> None:
    """The option that says whose connections are meant."""
    parser.add_argument(
        "--tenant",
        default=FIRST_TENANT,
        metavar="SLUG",
        help=f"the merchant (default: {FIRST_TENANT})",
    )


def needs_database() -> None:
    """CommandError where the database cannot be used yet."""
    reason = health.unready()
    if reason:
        raise CommandError(f"Not ready: {reason}. Is manage.py migrate done?")


def tenant(slug: str) -> Tenant:
    """The merchant of that slug. CommandError names the ones there are."""
    needs_database()
    found = Tenant.objects.filter(slug=slug).first()
    if found is not None:
        return found
    known = ", ".join(Tenant.objects.values_list("slug", flat=True)) or "none yet"
    raise CommandError(
        f"There is no merchant “{slug}”; there are: {known}. "
        "The first connection makes one: manage.py connect."
    )


def connection(owner: Tenant, name: str) -> Connection:
    """The connection called `name`: its number, label, account, or its platform where
    the merchant has one account there. CommandError where that is none or several."""
    mine = list(Connection.objects.for_tenant(owner))
    ways: Sequence[list[Connection]] = (
        [each for each in mine if str(each.pk) == name],
        [each for each in mine if each.label.casefold() == name.casefold()],
        [each for each in mine if each.account.casefold() == name.casefold()],
        [each for each in mine if each.platform == name],
    )
    for found in ways:
        if len(found) == 1:
            return found[0]
        if found:
            raise _unsure(f"“{name}” may be several; say which number", found)
    raise _unsure(f"{owner} has no connection “{name}”", mine)


def kind(word: str) -> Kind:
    """The kind of that name. CommandError names all kinds."""
    try:
        return Kind(word)
    except ValueError:
        known = ", ".join(Kind)
        raise CommandError(f"“{word}” is no kind; the kinds are: {known}.") from None


def _unsure(message: str, listed: Sequence[Connection]) -> CommandError:
    words = [f"{each.pk} {each.label} ({each.platform})" for each in listed]
    return CommandError(f"{message}: {', '.join(words) or 'there are none yet'}.")
