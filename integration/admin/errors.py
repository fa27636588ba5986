"""Staff pages of the sync log: problems, what people were told, and who did what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import as_json, label, link_to, linked, moment, short
from integration.engine import problems
from synclog.models import (
    AuditEvent,
    ErrorGroup,
    ErrorState,
    Notice,
    NoticeState,
    SyncError,
    SyncLog,
)

STATES = {ErrorState.OPEN: "danger", ErrorState.RESOLVED: "success"}
MAILS = {
    NoticeState.PLANNED: "info",
    NoticeState.SENDING: "info",
    NoticeState.SENT: "success",
    NoticeState.FAILED: "warning",
    NoticeState.GAVE_UP: "danger",
}


@admin.register(SyncError)
class SyncErrorAdmin(WatchedAdmin):
    """Problems, one per item, code and field."""

    of = linked("connection")
    thing = linked("record")
    read_by = linked("run")
    stands = label("state", STATES, "state")
    words = short("message", length=80)
    first = moment("first_at")
    last = moment("last_at")
    resolved = moment("resolved_at")
    told = moment("told_at")
    gave_up = moment("gave_up_at")
    list_display = (
        "item",
        "kind",
        "of",
        "code",
        "words",
        "who",
        "stands",
        "count",
        "last",
    )
    list_filter = ("state", "who", "kind", "connection__platform", "tenant", "code")
    search_fields = ("label", "external_id", "code", "message", "connection__label")
    date_hierarchy = "last_at"
    ordering = ("-last_at", "-pk")
    joined = ("tenant", "connection", "record", "run__connection")
    actions = ("retry", "ignore", "resolve")
    buttons = ("retry", "ignore", "resolve")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "of"),
                    ("item", "kind", "external_id"),
                    "message",
                    "hint",
                    ("code", "field", "who"),
                )
            },
        ),
        (
            "State",
            {
                "fields": (
                    ("stands", "count"),
                    ("first", "last", "told"),
                    ("gave_up", "resolved", "resolved_by"),
                )
            },
        ),
        ("About", {"fields": (("thing", "read_by", "written_by"),)}),
    )

    @display(description="item", ordering="label")
    def item(self, error: SyncError) -> str:
        """What a merchant calls it."""
        return (error.label or error.external_id)[:60]

    @display(description="delivery")
    def written_by(self, error: SyncError) -> str:
        """The write that failed."""
        key = error.delivery_id
        return link_to(error.delivery, f"Delivery {key}") if key else "–"

    @button("Try again")
    def retry(self, user: User, chosen: QuerySet[Any]) -> str:
        """Write again what could not be written, read again what could not be read."""
        count = problems.retry(chosen, user)
        if not count:
            return "Nothing to try again: look at the delivery, or it is over already."
        return f"{count} tried again."

    @button("Ignore")
    def ignore(self, user: User, chosen: QuerySet[Any]) -> str:
        """Stop telling of them."""
        return f"{problems.ignore(chosen, user)} ignored."

    @button("Call it solved")
    def resolve(self, user: User, chosen: QuerySet[Any]) -> str:
        """Close them."""
        return f"{problems.resolve(chosen, user)} closed."


@admin.register(ErrorGroup)
class ErrorGroupAdmin(WatchedAdmin):
    """What people know of each sort of problem."""

    of = linked("connection")
    since = moment("open_since", "known since")
    mailed = moment("mailed_at")
    gave_up = moment("gave_up_at")
    list_display = (
        "code",
        "kind",
        "field",
        "of",
        "since",
        "mails",
        "mailed",
        "gave_up",
        "tenant",
    )
    list_filter = ("kind", "connection__platform", "tenant")
    search_fields = ("code", "field", "connection__label")
    ordering = ("-mailed_at", "-pk")
    joined = ("tenant", "connection")
    fields = (
        ("tenant", "of"),
        ("kind", "code", "field"),
        ("since", "mails", "mailed"),
        ("gave_up", "gave_up_told"),
    )


@admin.register(SyncLog)
class SyncLogAdmin(WatchedAdmin):
    """When each kind was last brought in step."""

    of = linked("connection")
    started = moment("started_at", "full sync started")
    full = moment("last_full_at", "last full")
    partial = moment("last_partial_at", "last partial")
    list_display = ("of", "data_type", "started", "full", "partial", "tenant")
    list_display_links = ("data_type",)
    list_filter = ("data_type", "connection__platform", "tenant")
    search_fields = ("connection__label", "connection__account", "tenant__slug")
    ordering = ("-last_partial_at", "-pk")
    joined = ("tenant", "connection")
    fields = (("tenant", "of"), "data_type", ("started", "full", "partial"))


@admin.register(Notice)
class NoticeAdmin(WatchedAdmin):
    """Mails."""

    stands = label("state", MAILS, "state")
    created = moment("created_at")
    due = moment("not_before", "due")
    ended = moment("ended_at")
    shown_context = as_json("context")
    shown_to = as_json("to")
    list_display = ("subject", "template", "tenant", "stands", "attempts", "created")
    list_filter = ("state", "template", "tenant")
    search_fields = ("subject", "episode", "message", "tenant__slug")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    joined = ("tenant",)
    fields = (
        ("tenant", "channel", "template"),
        "subject",
        "shown_to",
        ("stands", "attempts", "crashes"),
        ("created", "due", "ended"),
        ("episode", "wait_reason"),
        "message",
        "shown_context",
    )


@admin.register(AuditEvent)
class AuditEventAdmin(WatchedAdmin):
    """Who did what, for ever: nobody adds to it, changes it or deletes from it here."""

    when = moment("at")
    shown_before = as_json("before")
    shown_after = as_json("after")
    list_display = ("when", "who", "verb", "subject", "tenant")
    list_filter = ("verb", "tenant")
    search_fields = ("actor", "verb", "subject", "tenant__slug")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    joined = ("tenant", "user")
    fields = (
        ("tenant", "when", "who"),
        ("verb", "subject"),
        "shown_before",
        "shown_after",
    )

    @display(description="who", ordering="actor")
    def who(self, event: AuditEvent) -> str:
        """The person, or Weft itself."""
        return event.actor or "Weft"
