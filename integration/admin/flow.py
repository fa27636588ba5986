"""Staff pages of the road: runs, which read, and deliveries, which write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from integration.admin.buttons import button
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import (
    as_body,
    as_json,
    label,
    link_to,
    linked,
    moment,
    short,
)
from integration.engine import steer
from integration.errors import BadConfig
from integration.models import Delivery, DeliveryState, Run, RunState, RunTarget
from integration.models.delivery import STUCK_DELIVERIES

RUNS = {
    RunState.QUEUED: "info",
    RunState.RUNNING: "info",
    RunState.SETTLING: "info",
    RunState.HELD: "warning",
    RunState.DONE: "success",
    RunState.FAILED: "danger",
}
DELIVERIES = {
    DeliveryState.PLANNED: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.ACCEPTED: "info",
    DeliveryState.BLOCKED: "warning",
    DeliveryState.UNKNOWN: "warning",
    DeliveryState.REFUSED: "danger",
    DeliveryState.GAVE_UP: "danger",
    DeliveryState.PARKED: "danger",
    DeliveryState.DONE: "success",
}
# A person may know better what became of one of these.
DOUBTFUL = (*STUCK_DELIVERIES, DeliveryState.UNKNOWN)


class RunTargetInline(TabularInline):
    """What a full read owes each route."""

    model = RunTarget
    verbose_name_plural = "owed by this full read"
    by = linked("route")
    fields = ("by", "owed", "done", "failed")
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
        """With the routes' ends."""
        rows = super().get_queryset(request)
        return rows.select_related("route__source", "route__target")


@admin.register(Run)
class RunAdmin(WatchedAdmin):
    """Reads."""

    of = linked("connection")
    child_of = linked("parent")
    meant_for = linked("limit_to", "for")
    stands = label("state", RUNS, "state")
    shown_selection = as_json("selection")
    made = moment("created_at", "asked for")
    due = moment("not_before", "due")
    started = moment("started_at")
    progress = moment("progress_at")
    ended = moment("ended_at")
    list_display = (
        "stream",
        "of",
        "cause",
        "stands",
        "counted",
        "adds_up",
        "calls",
        "wait_reason",
        "made",
        "ended",
    )
    list_filter = ("state", "everything", "cause", "connection__platform", "tenant")
    search_fields = ("stream", "connection__label", "message", "tenant__slug")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    joined = ("tenant", "connection", "parent__connection", "limit_to")
    inlines = (RunTargetInline,)
    actions = ("go_on", "stop")
    buttons = ("go_on", "stop")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "of", "stream"),
                    ("stands", "cause", "priority"),
                    "message",
                )
            },
        ),
        (
            "Counted",
            {
                "fields": (
                    ("read", "adds_up", "calls"),
                    ("created", "updated", "unchanged"),
                    ("skipped", "failed", "passed_on", "vanished"),
                )
            },
        ),
        (
            "Selection",
            {
                "fields": (
                    "shown_selection",
                    ("child_of", "meant_for", "confirmed"),
                    ("since", "mark", "resume"),
                )
            },
        ),
        (
            "Time",
            {
                "fields": (
                    ("made", "started", "progress", "ended"),
                    ("due", "wait_reason"),
                    ("attempts", "crashes"),
                )
            },
        ),
    )

    @display(description="counted")
    def counted(self, run: Run) -> str:
        """How many rows were read, and what became of them."""
        parts = {
            "new": run.created,
            "changed": run.updated,
            "same": run.unchanged,
            "skipped": run.skipped,
            "failed": run.failed,
            "passed on": run.passed_on,
        }
        told = [f"{count:,}\u00a0{name}" for name, count in parts.items() if count]
        return f"{run.read:,}: {', '.join(told)}" if told else str(run.read)

    @display(description="adds up", boolean=True)
    def adds_up(self, run: Run) -> bool:
        """Whether every row read has an outcome."""
        return run.read == run.accounted

    @button("Go on", sure="Has all of this really vanished? It is then taken as gone.")
    def go_on(self, user: User, chosen: QuerySet[Any]) -> str:
        """A held run was right."""
        return f"{steer.go_on(chosen, user)} go on."

    @button("Stop", sure="Stop reading? What was read stays; nothing counts as gone.")
    def stop(self, user: User, chosen: QuerySet[Any]) -> str:
        """Read no further."""
        return f"{steer.cancel(chosen, user)} stopped."


@admin.register(RunTarget)
class RunTargetAdmin(WatchedAdmin):
    """What full reads owe."""

    of = linked("run")
    by = linked("route")
    list_display = ("of", "by", "owed", "done", "failed", "tenant")
    list_display_links = None
    list_filter = ("run__state", "tenant")
    search_fields = ("run__stream", "run__connection__label")
    ordering = ("-pk",)
    joined = ("tenant", "run__connection", "route__source", "route__target")
    fields = ("tenant", "of", "by", ("owed", "done", "failed"))


class ThereForm(forms.Form):
    """The id under which a person saw it."""

    external_id = forms.CharField(
        label="Its id on the target",
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
    )


@admin.register(Delivery)
class DeliveryAdmin(WatchedAdmin):
    """Writes."""

    thing = linked("record")
    by = linked("route")
    owed_by = linked("run")
    stands = label("state", DELIVERIES, "state")
    words = short("message")
    shown_frozen = as_body("frozen", "as it left")
    due = moment("not_before", "due")
    made = moment("created_at", "planned")
    ended = moment("ended_at")
    absent = moment("absent_at", "first not found")
    list_display = (
        "name",
        "kind",
        "goes_to",
        "stands",
        "action",
        "attempts",
        "words",
        "due",
        "ended",
    )
    list_filter = ("state", "kind", "code", "route__target__platform", "tenant")
    search_fields = ("record__label", "code", "message", "key")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    joined = (
        "tenant",
        "record",
        "route__source",
        "route__target",
        "run__connection",
    )
    deferred = ("frozen", "payload")
    actions = ("retry", "hold", "release", "post_again", "close")
    buttons = ("retry", "hold", "release", "confirm_there", "post_again", "close")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "thing", "kind"),
                    "by",
                    ("stands", "action", "done_by"),
                    ("code", "message"),
                )
            },
        ),
        (
            "Payload",
            {
                "fields": (
                    "shown_frozen",
                    ("key", "intent"),
                    ("wanted", "sending", "resend"),
                )
            },
        ),
        (
            "Time",
            {
                "fields": (
                    ("made", "due", "ended"),
                    ("attempts", "crashes", "priority"),
                    ("wait_reason", "absent"),
                    ("cause", "owed_by", "waiting_for"),
                )
            },
        ),
    )

    @display(description="record", ordering="record__label")
    def name(self, delivery: Delivery) -> str:
        """What a merchant calls the thing."""
        return str(delivery.record)[:60]

    @display(description="to", ordering="route__target__label")
    def goes_to(self, delivery: Delivery) -> str:
        """The connection it is written to."""
        return link_to(delivery.route.target)

    @display(description="waits for")
    def waiting_for(self, delivery: Delivery) -> str:
        """The delivery that must come first."""
        key = delivery.waits_for_id
        return link_to(delivery.waits_for, f"Delivery {key}") if key else "–"

    @button("Try again")
    def retry(self, user: User, chosen: QuerySet[Any]) -> str:
        """Due at once; one of unknown outcome is looked for first."""
        return f"{steer.retry(chosen, user)} tried again."

    @button("Hold")
    def hold(self, user: User, chosen: QuerySet[Any]) -> str:
        """Nothing tries it until it is released."""
        return f"{steer.hold(chosen, user)} on hold."

    @button("Release")
    def release(self, user: User, chosen: QuerySet[Any]) -> str:
        """What was on hold goes at once."""
        return f"{steer.release(chosen, user)} released."

    @button("It is there", form=lambda chosen: ThereForm)
    def confirm_there(
        self, user: User, chosen: QuerySet[Any], given: dict[str, str]
    ) -> str:
        """A person saw it on the target: link it, write nothing."""
        delivery = _doubtful(chosen).first()
        if delivery is None:
            raise BadConfig("state", "What became of this one is known already.")
        steer.confirm_there(delivery, given["external_id"].strip(), user)
        return "Linked; nothing was written."

    @button(
        "Post again",
        sure="Did you look, and it is not there? It is then sent as something new.",
    )
    def post_again(self, user: User, chosen: QuerySet[Any]) -> str:
        """A person saw that it is not there."""
        posted = chosen.filter(state__in=STUCK_DELIVERIES)
        deliveries = list(posted)
        for delivery in deliveries:
            steer.post_again(delivery, user)
        return f"{len(deliveries)} posted again."

    @button("Never send", sure="Is this not owed any more? It is then never sent.")
    def close(self, user: User, chosen: QuerySet[Any]) -> str:
        """A person decides that these are not owed."""
        return f"{steer.close(chosen, user)} closed."


def _doubtful(chosen: QuerySet[Any]) -> QuerySet[Any]:
    return chosen.filter(state__in=DOUBTFUL)
