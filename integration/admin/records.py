"""Staff pages of things: records, what platforms call them, and what was last seen."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.connections import asked_for
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import aged, as_body, as_json, linked, moment
from integration.engine import cost, reread, steer
from integration.models import Link, MatchKey, Record, Sighting
from integration.models.record import normalised

# Links whose reading is reckoned before a click: one record has hardly more.
COSTED = 20
# Days after which a row is worth a look, and what people call them.
STALE = {1: "a day", 7: "a week", 30: "a month"}


class LinkInline(TabularInline):
    """What each platform calls the record."""

    model = Link
    verbose_name_plural = "known as"
    of = linked("connection")
    sent_when = moment("sent_at")
    gone = moment("gone_at")
    fields = ("of", "kind", "external_id", "sent_when", "gone")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the connections, without the data."""
        return super().get_queryset(request).select_related("connection").defer("data")


class MatchKeyInline(TabularInline):
    """What the record may be found by."""

    model = MatchKey
    verbose_name_plural = "found by"
    of = linked("connection", "told by")
    fields = ("name", "value", "of")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the connections that told them."""
        return super().get_queryset(request).select_related("connection")


def record_cost(chosen: QuerySet[Any]) -> str:
    """What reading these records anew takes, wherever they are known."""
    return link_cost(Link.everywhere.filter(record__in=chosen))


def link_cost(chosen: QuerySet[Any]) -> str:
    """What reading these links' things anew takes."""
    rows = chosen.select_related("connection").defer("data")
    return cost.of_links(rows[:COSTED]).words()


class NotSeenFilter(admin.SimpleListFilter):
    """Rows that their platform has not shown for some time."""

    title = "not seen for"
    parameter_name = "stale"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """A day, a week, a month."""
        return [(str(days), name) for days, name in STALE.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        if self.value() not in {str(days) for days in STALE}:
            return queryset
        before = timezone.now() - timedelta(days=int(self.value() or 0))
        return queryset.filter(seen_at__lt=before, gone_at=None)


@admin.register(Record)
class RecordAdmin(WatchedAdmin):
    """Things, whatever platforms know them."""

    part_of = linked("parent", "part of")
    merged = linked("merged_into")
    gone = moment("gone_at")
    created = moment("created_at")
    list_display = ("name", "kind", "part_of", "revision", "gone", "created", "tenant")
    list_filter = ("kind", ("gone_at", admin.EmptyFieldListFilter), "tenant")
    search_fields = ("label",)
    search_help_text = "Name, SKU, order number, e-mail, or any platform's id"
    ordering = ("-pk",)
    joined = ("tenant", "parent", "merged_into")
    inlines = (LinkInline, MatchKeyInline)
    actions = ("sync_now",)
    buttons = ("sync_now",)
    fields = (
        ("tenant", "kind"),
        "label",
        ("uid", "revision"),
        ("part_of", "merged"),
        ("gone", "created"),
    )

    @display(description="name", ordering="label")
    def name(self, record: Record) -> str:
        """What a merchant calls it."""
        return str(record)[:80]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By part of its name, or by exactly a natural key or an id of a platform."""
        term = search_term.strip()
        if not term:
            return queryset, False
        keys = MatchKey.everywhere.filter(value=normalised(term)).values("record")
        links = Link.everywhere.filter(external_id=term).values("record")
        by_name = Q(label__icontains=term)
        return queryset.filter(by_name | Q(pk__in=keys) | Q(pk__in=links)), False

    @button("Sync now", about=record_cost)
    def sync_now(self, user: User, chosen: QuerySet[Any]) -> str:
        """Read them anew from every platform that knows them."""
        runs = steer.sync_now(list(chosen), user)
        return f"{len(runs)} reads asked for."


@admin.register(Link)
class LinkAdmin(WatchedAdmin):
    """The ID mapping."""

    of = linked("connection")
    thing = linked("record")
    shown_data = as_body("data", "as it is there")
    shown_handles = as_json("handles")
    shown_sent = as_json("sent", "digests of what was sent")
    sent_when = moment("sent_at")
    gone = moment("gone_at")
    list_display = (
        "external_id",
        "kind",
        "of",
        "thing",
        "sent_when",
        "gone",
        "tenant",
    )
    list_filter = (
        "kind",
        "connection__platform",
        ("gone_at", admin.EmptyFieldListFilter),
        "tenant",
    )
    search_fields = ("external_id", "record__label")
    ordering = ("-pk",)
    joined = ("tenant", "connection", "record")
    deferred = ("data",)
    actions = ("sync_now",)
    buttons = ("sync_now",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "of"),
                    ("kind", "external_id", "thing"),
                    ("sent_when", "sent_revision", "gone"),
                )
            },
        ),
        ("Data", {"fields": ("shown_data", "shown_handles", "shown_sent")}),
    )

    @button("Sync now", about=link_cost)
    def sync_now(self, user: User, chosen: QuerySet[Any]) -> str:
        """Read them anew where these links know them."""
        rows = chosen.select_related("connection")
        return asked_for(lambda link: reread.links([link], user), rows)


@admin.register(MatchKey)
class MatchKeyAdmin(WatchedAdmin):
    """Natural keys."""

    thing = linked("record")
    of = linked("connection", "told by")
    list_display = ("value", "name", "kind", "thing", "of", "tenant")
    list_filter = ("name", "kind", "connection__platform", "tenant")
    search_fields = ("value", "record__label")
    ordering = ("-pk",)
    joined = ("tenant", "connection", "record")
    fields = (("tenant", "kind"), ("name", "value"), ("thing", "of"))


@admin.register(Sighting)
class SightingAdmin(WatchedAdmin):
    """What platforms last sent us."""

    of = linked("connection")
    seen = moment("seen_at")
    unseen = aged("seen_at", "not seen for")
    gone = moment("gone_at")
    shown_body = as_body("body", "as it was sent", zlib.decompress)
    list_display = (
        "external_id",
        "stream",
        "of",
        "version",
        "seen",
        "unseen",
        "missed",
        "gone",
        "mapped",
        "tenant",
    )
    list_filter = (
        NotSeenFilter,
        "connection__platform",
        ("gone_at", admin.EmptyFieldListFilter),
        "tenant",
    )
    search_fields = ("external_id", "stream", "connection__label")
    ordering = ("-pk",)
    joined = ("tenant", "connection")
    deferred = ("body",)
    fields = (
        ("tenant", "of"),
        ("stream", "external_id", "version"),
        ("seen", "missed", "gone", "mapped"),
        "shown_body",
    )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first; what was not seen for some time by how long."""
        return ("seen_at",) if NotSeenFilter.parameter_name in request.GET else ("-pk",)

    @display(description="mapped", boolean=True)
    def mapped(self, sighting: Sighting) -> bool:
        """Whether it could be mapped; if not, it is mapped anew at the next read."""
        return sighting.map_digest is not None
