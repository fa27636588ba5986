"""`manage.py pair`: says which word of the target stands for one of the source."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.canonical.kinds import Kind
from integration.engine import lookups, pairs
from integration.errors import SyncFailure
from integration.jobs import bell
from integration.management import named, plain
from integration.models import Route


class Command(BaseCommand):
    """Lists the words of a route and sets their pairs."""

    help = "Pair words of a source (taxes, payment methods) with the target's"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help=f"one of: {', '.join(Kind)}")
        parser.add_argument("source", help="label, number or platform")
        parser.add_argument("target", help="label, number or platform")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="VOCABULARY.WORD=CODE",
            help="such as tax.standard=OUTPUT2; the word * serves every other word, "
            "no code takes a pair away; without it: list what there is",
        )
        parser.add_argument(
            "--read-lists",
            action="store_true",
            help="ask the target anew for all there is to choose from",
        )
        parser.add_argument(
            "--choices", metavar="VOCABULARY", help="list what may be chosen there"
        )
        named.add_tenant(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = named.tenant(options["tenant"])
        route = (
            Route.objects.for_tenant(tenant)
            .filter(
                kind=named.kind(options["kind"]),
                source=named.connection(tenant, options["source"]),
                target=named.connection(tenant, options["target"]),
            )
            .select_related("source", "target")
            .first()
        )
        if route is None:
            raise CommandError("There is no such route; see manage.py route --list.")
        if options["read_lists"]:
            runs = lookups.read_again(route.target)
            bell.ring()
            self.stdout.write(f"{len(runs)} lists of {route.target} are read anew.")
            return
        if options["choices"]:
            self._choices(route, options["choices"])
            return
        for text in options["set"]:
            self._pair(route, text)
        self._list(route)

    def _pair(self, route: Route, text: str) -> None:
        name, equals, code = text.partition("=")
        vocabulary, dot, word = name.partition(".")
        if not (vocabulary and dot and equals):
            raise CommandError(f"--set {text}: write it as vocabulary.word=code.")
        try:
            waiting = pairs.pair(route, vocabulary, word, code)
        except SyncFailure as failure:
            raise CommandError(plain.said(failure)) from failure
        bell.ring()
        self.stdout.write(f"{text}; {waiting} that waited go at once.")

    def _list(self, route: Route) -> None:
        found = pairs.words(route)
        if not found:
            self.stdout.write(f"{route} needs no pairs yet.")
        for row in found:
            chosen = row.paired_with or "owed: choose one"
            self.stdout.write(
                f"{row.vocabulary.key}.{row.word} ({row.called}, used {row.used} "
                f"times lately): {chosen}"
            )

    def _choices(self, route: Route, key: str) -> None:
        known = {each.key: each for each in pairs.vocabularies(route)}
        if key not in known:
            told = ", ".join(known) or "none"
            raise CommandError(f"There is no vocabulary {key}; there are: {told}.")
        for entry in pairs.choices(route, known[key]):
            self.stdout.write(f"{entry.code or entry.external_id}: {entry.label}")
