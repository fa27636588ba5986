"""Staff pages of routes and of merchants' own rows of field maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.connections import FEW, asked_for
from integration.admin.pages import StaffAdmin
from integration.admin.pairs import pairs_of
from integration.admin.shown import label, linked, moment
from integration.admin.unlinked import unlinked_of
from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.messages import Changed, Everything, Oldest, Selection
from integration.contract.overrides import Row, read_map, write_map
from integration.engine import cost, laying, opening, reread, routes, schedule
from integration.engine.freshness import lasting
from integration.errors import BadConfig
from integration.jobs import bell
from integration.models import Direction, Override, Policy, Route
from integration.models.route import KINDS

POLICIES = {Policy.OVERWRITE: "primary", Policy.CREATE_ONLY: "info"}
# What a route is; to change it is to lay another.
IDENTITY = ("tenant", "kind", "source", "target")


class RouteForm(forms.ModelForm):
    """A route, checked as the engine checks it."""

    class Meta:
        model = Route
        fields = (
            *IDENTITY,
            "policy",
            "missing",
            "every",
            "on_drift",
            "enabled",
            "match",
            "filters",
            "pairs",
            "options",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            writable = {
                kind
                for each in registry.connectors().values()
                for kind in Kind
                if each.takes(kind)
            }
            chosen = [choice for choice in KINDS if choice[0] in writable]
            field = cast(forms.ChoiceField, self.fields["kind"])
            field.choices = [("", "Select value"), *chosen]

    def clean(self) -> dict[str, Any]:
        """What was given, where it makes a route that works."""
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        for name, value in given.items():
            # Nothing written where an object belongs is an empty one.
            empty = {} if value is None and name in ("pairs", "options") else value
            given[name] = empty
            setattr(self.instance, name, empty)
        try:
            routes.settle(self.instance)
            routes.check(self.instance)
        except BadConfig as bad:
            field = bad.field if bad.field in self.fields else None
            self.add_error(field, f"{bad.message} {bad.hint}".strip())
        except KeyError as unknown:
            self.add_error(None, str(unknown.args[0]))
        return given


def costs(selection: Selection) -> Callable[[QuerySet[Any]], str]:
    """What a read for the chosen routes costs, in words."""

    def words(chosen: QuerySet[Any]) -> str:
        rows = chosen.select_related("source")
        each = [cost.estimate(row.source, selection, [row.kind]) for row in rows]
        return cost.together(each).words()

    return words


@admin.register(Route)
class RouteAdmin(StaffAdmin):
    """Standing orders."""

    form = RouteForm
    comes_from = linked("source", "from")
    goes_to = linked("target", "to")
    how = label("policy", POLICIES, "policy")
    created = moment("created_at")
    list_display = (
        "kind",
        "comes_from",
        "goes_to",
        "how",
        "missing",
        "pace",
        "enabled",
        "tenant",
    )
    list_filter = ("enabled", "kind", "policy", "source__platform", "tenant")
    search_fields = ("kind", "source__label", "target__label", "tenant__slug")
    ordering = ("tenant__name", "kind", "pk")
    autocomplete_fields = ("tenant", "source", "target")
    joined = ("tenant__plan", "source", "target")
    fieldsets = (
        (None, {"fields": IDENTITY}),
        (
            "Rules",
            {"fields": (("policy", "missing"), ("on_drift", "every"), "enabled")},
        ),
        ("Selection", {"fields": ("match", "filters")}),
        ("Pairs and options", {"fields": ("pairs", "options")}),
    )
    actions = ("sync_now", "read_oldest", "read_everything", "send_everything")
    buttons = actions

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        """What it is stays; its rules may change."""
        return (*IDENTITY, "created", "pace", "not_linked", "owed") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the time it was laid, once it is."""
        found = super().get_fieldsets(request, obj)
        return (
            (*found, ("State", {"fields": (("created", "pace"), "owed", "not_linked")}))
            if obj
            else found
        )

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        """Store it and set it going as a merchant's is."""
        super().save_model(request, obj, form, change)
        changed = set(form.changed_data) if change else {"enabled"}
        if obj.enabled and changed & laying.OPENING:
            runs = opening.begin(obj)
            bell.ring()
            self.message_user(
                request,
                "The first read was asked for."
                if opening.reads(runs)
                else "What is known of the source goes there now."
                if runs
                else "What is sold from now on goes there.",
            )
        hooks = laying.hear(obj.source) if "enabled" in changed else ""
        if hooks:
            words = f"Its webhooks are not in order: {hooks}"
            self.message_user(request, words, messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only while it has written nothing: its deliveries would go with it."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.deliveries.exists()

    @display(description="pace", ordering="every")
    def pace(self, route: Route) -> str:
        """How often it looks for changes; the merchant's plan may be slower."""
        asked, granted = lasting(route.every), lasting(schedule.pace(route))
        if asked == granted:
            return f"every {granted}"
        return f"every {granted} by the plan, asked for every {asked}"

    @display(description="not linked yet")
    def not_linked(self, route: Route) -> str:
        """What the source shows and the target lacks, and why."""
        return unlinked_of(route)

    @display(description="pairs in use")
    def owed(self, route: Route) -> str:
        """What each word of the source is paired with, and what is still to do."""
        return pairs_of(route)

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
        sure="Read the whole list and send what the target lacks? Of a route of orders "
        "that is every order the source ever took and its filters let pass.",
        about=costs(Everything()),
    )
    def read_everything(self, user: User, chosen: QuerySet[Any]) -> str:
        """Compare all there is."""
        return _read(user, chosen, Everything())

    @button(
        "Read and send everything",
        sure="Read the whole list and write all of it to the target, also what is "
        "believed to be there? Of a route of orders that is every order the source "
        "ever took and its filters let pass, each at most once. Writes come on top.",
        about=costs(Everything()),
    )
    def send_everything(self, user: User, chosen: QuerySet[Any]) -> str:
        """Repair the target."""
        return _read(user, chosen, Everything(resend=True))


class OverrideForm(forms.ModelForm):
    """A row of a field map, checked against the map it changes."""

    class Meta:
        model = Override
        fields = ("tenant", "connection", "kind", "direction", "field", "path", "then")

    def clean(self) -> dict[str, Any]:
        """What was given, where the connection has such a map and it takes the row."""
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        if given["connection"].tenant_id != given["tenant"].pk:
            self.add_error("connection", "This connection is another merchant's.")
            return given
        try:
            _try_row(given)
        except (KeyError, ValueError) as bad:
            self.add_error(None, Truncator(str(bad.args[0])).chars(300))
        return given


@admin.register(Override)
class OverrideAdmin(StaffAdmin):
    """Merchants' own rows of field maps."""

    form = OverrideForm
    of = linked("connection")
    list_display = ("field", "path", "then", "kind", "direction", "of", "tenant")
    list_filter = ("direction", "kind", "connection__platform", "tenant")
    search_fields = ("field", "path", "connection__label", "tenant__slug")
    autocomplete_fields = ("tenant", "connection")
    joined = ("tenant", "connection")


def _try_row(given: dict[str, Any]) -> None:
    """KeyError where there is no such map, ValueError where it cannot take the row."""
    connector = registry.connector(given["connection"].platform)
    kind = Kind(given["kind"])
    row = Row(given["field"], given["path"], given["then"])
    if given["direction"] == Direction.WRITE:
        if kind not in connector.writes:
            raise KeyError(f"{connector.label} takes no {kind}.")
        write_map(connector.writes[kind].map, [row])
        return
    streams = connector.streams_of(kind)
    if not streams:
        raise KeyError(f"{connector.label} gives no {kind}.")
    for stream in streams:
        for fieldmap in stream.maps:
            if fieldmap.target.kind == kind:
                read_map(fieldmap, [row])


def _read(user: User, chosen: QuerySet[Any], selection: Selection) -> str:
    return asked_for(
        lambda row: reread.route(row, selection, user),
        chosen,
        lambda row: cost.estimate(row.source, selection, [row.kind]),
    )
