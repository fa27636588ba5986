"""`manage.py fieldmap`: prints the field maps and takes a merchant's own rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.connector import Connector
from integration.contract.mapping import FieldMap, Rule
from integration.contract.overrides import FUNCTIONS, Row
from integration.engine import overriding
from integration.errors import BadConfig
from integration.management import named, plain
from integration.models import Connection, Direction, Override, Tenant
from integration.web import health

Line = tuple[str, str, str, str]
HEAD: Line = ("direction", "field", "filled from", "")
OWN = "your own"


class Command(BaseCommand):
    """Shows the maps of a platform, or those in force on one connection."""

    help = "Show, and on a connection change, which field is filled from where"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", help="a platform, or a connection's label or number"
        )
        parser.add_argument("kind", nargs="?", help="one kind (default: all)")
        named.add_tenant(parser)
        change = parser.add_mutually_exclusive_group()
        change.add_argument(
            "--set",
            nargs=4,
            metavar=("DIRECTION", "KIND", "FIELD", "PATH"),
            help="fill FIELD from PATH; DIRECTION is read or write",
        )
        change.add_argument(
            "--unset",
            nargs=3,
            metavar=("DIRECTION", "KIND", "FIELD"),
            help="take your own row back",
        )
        parser.add_argument(
            "--then",
            choices=sorted(FUNCTIONS),
            default="",
            help="with --set: pass the value through this",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        changing = options["set"] or options["unset"]
        connector, connection = _subject(options, needed=bool(changing))
        if connection is not None and options["set"]:
            self.stdout.write(_set(connection, options["set"], options["then"]))
        elif connection is not None and options["unset"]:
            self.stdout.write(_unset(connection, options["unset"]))
        only = named.kind(options["kind"]) if options["kind"] else None
        lines = list(_lines(connector, connection, only))
        if not lines:
            raise CommandError(f"{connector.label} neither gives nor takes a {only}.")
        for line in plain.columns([HEAD, *lines]):
            self.stdout.write(line)


def _subject(
    options: dict[str, Any], *, needed: bool
) -> tuple[Connector, Connection | None]:
    """The platform, and the connection where one is meant."""
    name = options["name"]
    platform = registry.connectors().get(name)
    if platform is not None and not needed:
        # A platform's own maps can be read before there is any database.
        tenants = () if health.unready() else Tenant.objects.all()
        tenant = next(
            (each for each in tenants if each.slug == options["tenant"]), None
        )
        mine = Connection.objects.for_tenant(tenant) if tenant else None
        there = list(mine.filter(platform=name)[:2]) if mine is not None else []
        return platform, there[0] if len(there) == 1 else None
    connection = named.connection(named.tenant(options["tenant"]), name)
    return registry.connector(connection.platform), connection


def _lines(
    connector: Connector, connection: Connection | None, only: Kind | None
) -> Iterator[Line]:
    rows = _own_rows(connection)
    for stream in connector.streams:
        for fieldmap in stream.maps:
            kind = fieldmap.target.kind
            if only in (None, kind):
                own = rows.get((Direction.READ, kind), [])
                yield from _table(f"read {kind}", fieldmap, own)
    for kind, writes in connector.writes.items():
        if only in (None, kind):
            own = rows.get((Direction.WRITE, kind), [])
            yield from _table(f"write {kind}", writes.map, own)


def _own_rows(connection: Connection | None) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    if connection is None:
        return found
    for override in Override.objects.for_tenant(connection.tenant_id).filter(
        connection=connection
    ):
        row = Row(override.field, override.path, override.then)
        found.setdefault((override.direction, override.kind), []).append(row)
    return found


def _table(name: str, fieldmap: FieldMap[Any], own: list[Row]) -> Iterator[Line]:
    """A map's rows with the merchant's in their places, those that add a field last."""
    mine = {row.field: row for row in own}
    for field, rule in fieldmap.rules.items():
        row = mine.pop(field, None)
        if row is not None:
            yield name, field, _words(row), OWN
        else:
            yield name, field, rule.describe(), ""
            yield from _inner(name, field, rule)
    for row in mine.values():
        reading = name.startswith(Direction.READ)
        field = f"attributes.{row.field}" if reading else row.field
        yield name, field, _words(row), OWN


def _inner(name: str, field: str, rule: Rule) -> Iterator[Line]:
    """The rows of a map that a rule applies to what is inside."""
    for function in getattr(rule, "functions", ()):
        inner = getattr(function, "__self__", None)
        if isinstance(inner, FieldMap):
            for below, words in inner.describe():
                yield name, f"  {field}[].{below}", words, ""


def _words(row: Row) -> str:
    return row.path + (f" as {row.then}" if row.then else "")


def _set(connection: Connection, given: list[str], then: str) -> str:
    """Store a row, once the map takes it."""
    direction, kind, field, path = given
    _known(direction, kind)
    row = Row(field, path, then)
    try:
        overriding.set_row(connection, direction, kind, row)
    except BadConfig as bad:
        raise CommandError(f"This row cannot be used: {bad.message}") from bad
    line = f"{direction} {kind} {field} from {_words(row)}"
    return f"Set: {line}. What is stored is mapped anew within a minute."


def _unset(connection: Connection, given: list[str]) -> str:
    direction, kind, field = given
    _known(direction, kind)
    mine = overriding.rows(connection, direction, kind).get(field)
    if mine is None:
        raise CommandError(f"{connection} has no row of its own for {kind} {field}.")
    overriding.take_back(mine)
    line = f"{direction} {kind} {field}"
    return f"Taken back: {line}. What is stored is mapped anew within a minute."


def _known(direction: str, word: str) -> None:
    """CommandError where that is no direction, or no kind."""
    if direction not in Direction.values:
        raise CommandError(f"“{direction}” is no direction: say read or write.")
    named.kind(word)
