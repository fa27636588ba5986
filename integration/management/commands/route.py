"""`manage.py route`: says what goes from where to where, and sets it going."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.canonical.kinds import Kind
from integration.engine import laying, opening
from integration.errors import SyncFailure
from integration.jobs import bell
from integration.management import named, plain
from integration.models import Connection, Missing, Policy, Route, Run, Tenant


class Command(BaseCommand):
    """Lays, changes, lists and removes routes of one merchant."""

    help = "Bring one kind from one connection to another; again to change its rules"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", help=f"one of: {', '.join(Kind)}")
        parser.add_argument("source", nargs="?", help="label, number or platform")
        parser.add_argument("target", nargs="?", help="label, number or platform")
        named.add_tenant(parser)
        parser.add_argument("--list", action="store_true", help="show the routes")
        parser.add_argument("--remove", action="store_true", help="end this route")
        parser.add_argument(
            "--policy",
            choices=Policy.values,
            help="what it may do there (default: by kind)",
        )
        parser.add_argument(
            "--missing",
            choices=Missing.values,
            help="what to do about a partner the target lacks",
        )
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="between two looks for changes"
        )
        parser.add_argument(
            "--filter",
            action="append",
            metavar="KIND.FIELD=WORD,WORD",
            help="only what fits, such as order_status.word=processing,completed",
        )
        parser.add_argument(
            "--option",
            action="append",
            metavar="NAME=VALUE",
            help="a setting of the target that is different on this route",
        )
        parser.add_argument(
            "--no-sync", action="store_true", help="do not start the first sync"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = named.tenant(options["tenant"])
        if options["list"]:
            self._list(tenant)
            return
        if not options["target"]:
            raise CommandError("Say kind, source and target; or --list.")
        kind = named.kind(options["kind"])
        source = named.connection(tenant, options["source"])
        target = named.connection(tenant, options["target"])
        known = Route.objects.for_tenant(tenant).filter(
            kind=kind, source=source, target=target
        )
        if options["remove"]:
            self._remove(tenant, known.first())
            return
        try:
            self._set(tenant, kind, source, target, known.first(), options)
        except SyncFailure as failure:
            raise CommandError(plain.said(failure)) from failure

    def _set(
        self,
        tenant: Tenant,
        kind: Kind,
        source: Connection,
        target: Connection,
        known: Route | None,
        options: dict[str, Any],
    ) -> None:
        """Lay the route, or change the one there is."""
        rules = _rules(options)
        if known is not None:
            hooks = laying.change(known, enabled=True, **rules)
            self.stdout.write(f"Changed: {_line(known)}")
        else:
            begin = not options["no_sync"]
            laid = laying.lay(tenant, kind, source, target, begin=begin, **rules)
            hooks = laid.hooks
            self.stdout.write(f"New route: {_line(laid.route)}")
            if begin:
                self._tell(laid.runs)
        bell.ring()
        self._warn(source, hooks)

    def _list(self, tenant: Tenant) -> None:
        found = Route.objects.for_tenant(tenant).select_related("source", "target")
        lines = [_line(route) for route in found.order_by("pk")]
        self.stdout.write("\n".join(lines) or f"{tenant} has no routes yet.")

    def _remove(self, tenant: Tenant, route: Route | None) -> None:
        if route is None:
            raise CommandError("There is no such route; see --list.")
        line, source = _line(route), route.source
        hooks = laying.remove(route)
        self.stdout.write(f"Removed: {line}")
        self._warn(source, hooks)

    def _tell(self, runs: Sequence[Run]) -> None:
        """What a new route begins with."""
        lists = ", ".join(run.stream for run in runs)
        self.stdout.write(
            f"A first sync was asked for: {lists}."
            if opening.reads(runs)
            else "What has been read already is being brought there."
            if runs
            else "From now on."
        )

    def _warn(self, source: Connection, hooks: str) -> None:
        """Without webhooks the clock still finds what is new."""
        if hooks:
            self.stderr.write(f"Webhooks of {source} are not in order: {hooks}")


def _rules(options: dict[str, Any]) -> dict[str, Any]:
    """The fields of Route that were named. CommandError where one makes no sense."""
    rules = {
        name: options[name]
        for name in ("policy", "missing", "every")
        if options[name] is not None
    }
    if options["option"]:
        rules["options"] = dict(_option(text) for text in options["option"])
    if options["filter"]:
        rules["filters"] = dict(_filter(text) for text in options["filter"])
    return rules


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise CommandError(f"--option {text}: write it as name=value.")
    return name, value


def _filter(text: str) -> tuple[str, list[str]]:
    """`kind.field=word,word`."""
    name, equals, words = text.partition("=")
    wanted = [word.strip() for word in words.split(",") if word.strip()]
    if not (equals and "." in name and wanted):
        raise CommandError(f"--filter {text}: write it as kind.field=word,word.")
    return name, wanted


def _line(route: Route) -> str:
    made = f"{route.kind} as {route.as_kind}" if route.as_kind else route.kind
    words = [f"{made}: {route.source} → {route.target}", str(route.policy)]
    words += [f"missing {route.missing}", f"every {route.every} s"]
    words += [f"{name}={','.join(each)}" for name, each in route.filters.items()]
    words += [f"{name}={value}" for name, value in route.options.items()]
    words += [] if route.enabled else ["off"]
    return ", ".join(words)
