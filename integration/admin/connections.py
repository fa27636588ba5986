"""Staff pages of connections: health, facts, settings, and which secrets are set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from integration.admin.buttons import button
from integration.admin.calls import calls_of, lists_of
from integration.admin.pages import StaffAdmin, WatchedAdmin
from integration.admin.shown import NOTHING, as_json, label, linked, moment, short
from integration.contract import registry
from integration.contract.connector import Field
from integration.contract.messages import Changed, Everything, Oldest, Selection
from integration.engine import cost, freshness, lookups, reread, stale, steer
from integration.engine.cost import Estimate
from integration.http.redact import redact
from integration.models import Connection, Cursor, Health, SealBroken
from synclog import journal

COLOURS = {
    Health.HEALTHY: "success",
    Health.TROUBLE: "warning",
    Health.NEEDS_REAUTH: "danger",
    Health.PAUSED: "info",
}
FEW = 10


def declared(connection: Connection) -> tuple[Field, ...]:
    """What the connector asks for; nothing where the platform is no longer there."""
    connector = registry.connectors().get(connection.platform)
    return tuple(connector.fields) if connector else ()


def secrets_form(chosen: QuerySet[Any]) -> type[forms.Form]:
    """One empty field per secret the connector declares; nothing stored is shown."""
    connection = chosen.first()
    names = {
        field.name: forms.CharField(
            label=field.label,
            required=False,
            strip=True,
            help_text=field.help,
            widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        )
        for field in (declared(connection) if connection else ())
        if field.secret
    }
    return type("SecretsForm", (forms.Form,), names)


def costs(selection: Selection) -> Callable[[QuerySet[Any]], str]:
    """What a read of the chosen connections costs, in words."""

    def words(chosen: QuerySet[Any]) -> str:
        return cost.together(
            [cost.of_connection(row, selection) for row in chosen]
        ).words()

    return words


class FreshList(ChangeList):
    """The list of connections, each with the freshness of its lists."""

    def get_results(self, request: HttpRequest) -> None:
        """The page's rows; how fresh they are is asked for all of them at once."""
        super().get_results(request)
        rows = list(self.result_list)
        found = freshness.of(rows, timezone.now())
        for row in rows:
            row.lists = found.get(row.pk, [])
        self.result_list = rows


@admin.register(Connection)
class ConnectionAdmin(StaffAdmin):
    """Accounts on platforms. One is opened by `manage.py connect`, which tests it."""

    stands = label("health", COLOURS, "health")
    trouble = short("problem")
    shown_facts = as_json("facts")
    shown_pace = as_json("pace", "batch sizes")
    circuit = moment("circuit_until", "shut until")
    hooks_checked = moment("webhooks_checked_at", "webhooks checked")
    created = moment("created_at")
    list_display = (
        "label",
        "tenant",
        "on",
        "account",
        "stands",
        "trouble",
        "fresh",
        "created",
    )
    list_filter = ("health", "platform", "tenant")
    search_fields = ("label", "account", "tenant__name", "tenant__slug")
    ordering = ("tenant__name", "label")
    joined = ("tenant",)
    readonly_fields = (
        "tenant",
        "on",
        "account",
        "stands",
        "problem",
        "shown_settings",
        "shown_secrets",
        "shown_facts",
        "shown_pace",
        "shown_lists",
        "shown_calls",
        "circuit_failures",
        "circuit",
        "hooks_checked",
        "created",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "on", "account"),
                    "label",
                    ("stands", "problem"),
                    "created",
                )
            },
        ),
        ("Freshness and calls", {"fields": ("shown_lists", "shown_calls")}),
        (
            "Rotation",
            {"fields": (("rotate_every", "rotate_items", "rotate_calls"),)},
        ),
        ("Settings", {"fields": ("shown_settings", "shown_secrets")}),
        ("Facts the platform told", {"fields": ("shown_facts",)}),
        (
            "Circuit",
            {
                "fields": (
                    ("circuit_failures", "circuit", "hooks_checked"),
                    "shown_pace",
                )
            },
        ),
    )
    actions = (
        "sync_now",
        "read_oldest",
        "read_everything",
        "send_everything",
        "read_lists",
        "pause",
        "resume",
    )
    buttons = (*actions, "replace_secrets")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: an account is tested before it is stored."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: its links, and so every identity there, would go with it."""
        return False

    @display(description="platform", ordering="platform")
    def on(self, connection: Connection) -> str:
        """The platform's name."""
        connector = registry.connectors().get(connection.platform)
        return connector.label if connector else connection.platform

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows how fresh its rows are."""
        return FreshList

    @display(description="lists", label={"late": "danger", "fresh": "success"})
    def fresh(self, connection: Connection) -> str:
        """Whether one of its lists is late; nothing where none is read."""
        lists: list[freshness.Fresh] = getattr(connection, "lists", [])
        if not lists:
            return NOTHING
        return "late" if any(each.late for each in lists) else "fresh"

    @display(description="lists")
    def shown_lists(self, connection: Connection) -> str:
        """When each list was last read, and why it is late."""
        return lists_of(connection)

    @display(description="calls")
    def shown_calls(self, connection: Connection) -> str:
        """What was used, by which route, and when it will run out."""
        return calls_of(connection)

    @display(description="settings")
    def shown_settings(self, connection: Connection) -> str:
        """What the connector asked for, and the answers that are no secrets."""
        names = {
            field.name: field.label
            for field in declared(connection)
            if not field.secret
        }
        return _table(
            (names.get(name, name), redact(str(value)))
            for name, value in connection.settings.items()
        )

    @display(description="secrets")
    def shown_secrets(self, connection: Connection) -> str:
        """Which are set; never what they are."""
        try:
            held = connection.secrets
        except SealBroken as broken:
            return str(broken)
        names = {field.name: field.label for field in declared(connection)}
        wanted = [field.name for field in declared(connection) if field.secret]
        return _table(
            (names.get(name, name), "set" if held.get(name) else "not set")
            for name in dict.fromkeys([*wanted, *held])
        )

    @button("Sync now", about=costs(Changed()))
    def sync_now(self, user: User, chosen: QuerySet[Any]) -> str:
        """Read what changed since the last look."""
        return _read(user, chosen, Changed())

    @button("Read the oldest ten", about=costs(Oldest(FEW)))
    def read_oldest(self, user: User, chosen: QuerySet[Any]) -> str:
        """Read anew what was not seen for longest."""
        return _read(user, chosen, Oldest(FEW))

    @button(
        "Read everything",
        sure="Read all lists from the beginning? Calls are spent on every page; sales "
        "are left out (ask for those on their route).",
        about=costs(Everything()),
    )
    def read_everything(self, user: User, chosen: QuerySet[Any]) -> str:
        """Compare all there is."""
        return _read(user, chosen, Everything())

    @button(
        "Read and send everything",
        sure="Read all lists and write everything to its targets again, also what is "
        "believed to be there? Sales are left out. The writes come on top.",
        about=costs(Everything()),
    )
    def send_everything(self, user: User, chosen: QuerySet[Any]) -> str:
        """Repair the targets."""
        return _read(user, chosen, Everything(resend=True))

    @button("Read the lists to choose from again")
    def read_lists(self, user: User, chosen: QuerySet[Any]) -> str:
        """Tax rates, accounts, countries: what pairs and field maps know."""
        runs = [run for row in chosen for run in lookups.read_again(row, user)]
        return f"{len(runs)} lists are read." if runs else "There are no such lists."

    @button("Pause")
    def pause(self, user: User, chosen: QuerySet[Any]) -> str:
        """Nothing is read or written until it is resumed."""
        return f"{steer.pause(chosen, user)} paused."

    @button("Resume")
    def resume(self, user: User, chosen: QuerySet[Any]) -> str:
        """Go on, the circuit closed."""
        return f"{steer.resume(chosen, user)} resumed."

    @button(
        "Replace secrets",
        sure="What is left empty stays as it is. Nothing is tested here: the next "
        "read or write shows whether the platform takes them.",
        form=secrets_form,
    )
    def replace_secrets(
        self, user: User, chosen: QuerySet[Any], given: dict[str, str]
    ) -> str:
        """Store what was typed in, and go on where the old ones were refused."""
        connection = chosen.get()
        new = {name: value for name, value in given.items() if value}
        if not new:
            return "Nothing was typed in; all stays as it is."
        connection.secrets = {**connection.secrets, **new}
        connection.save(update_fields=["secrets"])
        journal.audit(
            connection.tenant_id,
            "secrets_replaced",
            str(connection),
            user=user,
            after={"names": sorted(new)},
        )
        steer.resume(chosen.filter(health=Health.NEEDS_REAUTH), user)
        return f"Replaced: {', '.join(sorted(new))}."


@admin.register(Cursor)
class CursorAdmin(WatchedAdmin):
    """Where the next read of each list resumes."""

    of = linked("connection")
    oldest = moment("oldest_seen", "oldest row seen")
    rotated = moment("rotated_at", "oldest looked at")
    advanced = moment("advanced_at")
    asked = moment("asked_at")
    full_asked = moment("full_asked_at")
    list_display = (
        "stream",
        "of",
        "value",
        "advanced",
        "asked",
        "full_asked",
        "rotated",
        "oldest",
        "tenant",
    )
    list_filter = ("connection__platform", "tenant")
    search_fields = ("stream", "connection__label", "value")
    ordering = ("-advanced_at", "-pk")
    joined = ("tenant", "connection")
    fields = (
        ("tenant", "of", "stream"),
        "value",
        ("advanced", "asked", "full_asked"),
        ("rotated", "oldest"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the time of the row not seen for longest."""
        return stale.with_oldest(super().get_queryset(request))


def _table(rows: Any) -> str:
    lines = format_html_join(
        "",
        '<tr><td class="pr-6 py-1 align-top">{}</td>'
        '<td class="py-1 break-all text-important">{}</td></tr>',
        rows,
    )
    return format_html("<table>{}</table>", lines) if lines else NOTHING


def _read(user: User, chosen: QuerySet[Any], selection: Selection) -> str:
    return asked_for(
        lambda row: reread.connection(row, selection, user),
        chosen,
        lambda row: cost.of_connection(row, selection),
    )


def asked_for(
    read: Callable[[Any], list[Any]],
    chosen: QuerySet[Any],
    estimated: Callable[[Any], Estimate] | None = None,
) -> str:
    """Ask for each of the rows chosen, and say how many reads that makes and what they
    will cost."""
    expected = [estimated(row) for row in chosen] if estimated else []
    count = sum(len(read(row)) for row in chosen)
    if not count:
        return "Nothing to read: no route begins there, or none of its lists can."
    said = f"{count} reads asked for" if count > 1 else "One read asked for"
    return f"{said}, {cost.together(expected).words()}." if expected else f"{said}."
