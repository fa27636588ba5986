"""Staff pages of the machine itself: who works, and who talks to which connection."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from unfold.decorators import display

from integration.admin.pages import WatchedAdmin
from integration.admin.shown import age, linked, moment
from integration.models import Lease, WorkerBeat


@admin.register(WorkerBeat)
class WorkerBeatAdmin(WatchedAdmin):
    """Signs of life."""

    beat = moment("beat_at", "last beat")
    list_display = ("cluster", "host", "beat", "ago")
    search_fields = ("cluster", "host")
    ordering = ("-beat_at",)
    fields = ("cluster", "host", "beat", "ago")

    @display(description="ago")
    def ago(self, row: Any) -> str:
        """How long ago the last sign of life was."""
        return age(row.beat_at)


@admin.register(Lease)
class LeaseAdmin(WatchedAdmin):
    """Conversations: one per connection at a time."""

    of = linked("connection")
    ends = moment("until")
    list_display = ("of", "owner", "ends", "fence")
    list_display_links = None
    search_fields = ("connection__label", "owner")
    ordering = ("-until",)
    joined = ("connection",)
    fields = ("of", "owner", "ends", "fence")
