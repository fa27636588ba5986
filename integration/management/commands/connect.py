"""`manage.py connect`: opens an account of a merchant on a platform, after a test."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.contract import registry
from integration.contract.connector import Connector
from integration.engine import connect
from integration.errors import SyncFailure
from integration.jobs import bell
from integration.management import named, plain, questions, sign_in
from integration.models import Connection, Grant, Route, Tenant


class Command(BaseCommand):
    """Asks what the connector declares, tests it stage by stage, stores it."""

    help = "Connect an account on a platform; an account already known is renewed"

    def add_arguments(self, parser: CommandParser) -> None:
        platforms = parser.add_subparsers(
            dest="platform", required=True, metavar="PLATFORM"
        )
        for connector in registry.connectors().values():
            one = platforms.add_parser(connector.key, help=connector.label)
            named.add_tenant(one)
            one.add_argument("--tenant-name", default="", metavar="NAME")
            one.add_argument("--label", default="", help="what you call this account")
            one.add_argument(
                "--no-sync", action="store_true", help="do not start the first sync"
            )
            sign_in.add_options(one, connector)
            questions.add_options(one, connector)

    def handle(self, *args: Any, **options: Any) -> None:
        named.needs_database()
        connector = registry.connector(options["platform"])
        if not re.fullmatch(r"[\w-]+", options["tenant"]):
            raise CommandError("A merchant's slug is letters, digits, - and _ only.")
        given = questions.answers(connector, options)
        grant = None
        try:
            settings, secrets = connect.complete(connector, given)
            if sign_in.needed(connector, settings):
                grant, settings = self._signed_in(connector, settings, options)
            connector.account(settings)
            facts = self._tested(connector, settings, secrets, grant)
        except SyncFailure as failure:
            raise CommandError(plain.said(failure)) from failure
        tenant = self._tenant(options["tenant"], options["tenant_name"])
        connection = connect.connect(
            tenant, connector.key, options["label"], settings, secrets, facts, grant
        )
        self.stdout.write(
            f"Connected: {connection.label} (number {connection.pk}) for {tenant}."
        )
        self._begin(connection, options["no_sync"])

    def _signed_in(
        self, connector: Connector, settings: dict[str, Any], options: dict[str, Any]
    ) -> tuple[Grant, dict[str, Any]]:
        """A person's consent, and the settings with the account it was given for."""
        tenant = self._tenant(options["tenant"], options["tenant_name"])
        say = self.stdout.write
        grant = sign_in.grant(tenant, connector, settings, options, say)
        return grant, sign_in.chosen(grant, connector, settings, say)

    def _tested(
        self,
        connector: Connector,
        settings: dict[str, Any],
        secrets: dict[str, str],
        grant: Grant | None,
    ) -> dict[str, str]:
        """The facts the platform told. CommandError at the first stage that fails."""
        facts: dict[str, str] = {}
        for finding in connect.probe(connector, settings, secrets, grant):
            mark = "ok    " if finding.ok else "FAILED"
            self.stdout.write(f"{mark}  {finding.stage}: {finding.message}")
            if finding.hint:
                self.stdout.write(f"        {finding.hint}")
            if not finding.ok:
                raise CommandError(
                    f"The test of {connector.label} failed at “{finding.stage}”; "
                    "nothing was stored."
                )
            facts.update(finding.facts)
        return facts

    def _tenant(self, slug: str, name: str) -> Tenant:
        words = name or slug.replace("-", " ").replace("_", " ").capitalize()
        tenant, made = Tenant.objects.get_or_create(slug=slug, defaults={"name": words})
        if made:
            self.stdout.write(f"New merchant: {tenant.name} ({slug}).")
        return tenant

    def _begin(self, connection: Connection, no_sync: bool) -> None:
        """Webhooks and the first full sync, where routes begin here already."""
        routes = Route.objects.for_tenant(connection.tenant_id)
        if not routes.filter(source=connection, enabled=True).exists():
            self.stdout.write("Next: manage.py route, to say what goes where.")
            return
        try:
            connect.sync_webhooks(connection)
        except SyncFailure as failure:
            self.stderr.write(f"Its webhooks are not registered: {plain.said(failure)}")
        if not no_sync:
            runs = connect.first_sync(connection)
            bell.ring()
            lists = ", ".join(run.stream for run in runs)
            self.stdout.write(f"The first full sync was asked for: {lists}.")
