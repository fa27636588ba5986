"""Staff page of lookups: the words a platform lets field maps and pairs choose from."""

from __future__ import annotations

from django.contrib import admin

from integration.admin.pages import WatchedAdmin
from integration.admin.shown import as_json, linked, moment
from integration.models import Lookup


@admin.register(Lookup)
class LookupAdmin(WatchedAdmin):
    """Countries, tax rates, accounts: as each platform last told them."""

    of = linked("connection")
    seen = moment("seen_at")
    shown_data = as_json("data")
    list_display = (
        "external_id",
        "table",
        "code",
        "label",
        "parent",
        "active",
        "of",
        "seen",
        "tenant",
    )
    list_filter = ("table", "active", "connection__platform", "tenant")
    search_fields = ("external_id", "code", "label", "connection__label")
    ordering = ("-pk",)
    joined = ("tenant", "connection")
    fields = (
        ("tenant", "of"),
        ("table", "external_id", "active"),
        ("code", "label", "parent"),
        "seen",
        "shown_data",
    )
