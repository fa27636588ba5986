"""CallBudget: calls a platform account allows; CallUsage: calls spent, by the hour."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from integration.models.connection import Connection
from integration.models.route import Route
from integration.models.scope import TenantModel


class CallBudget(models.Model):
    """One window of one platform account; tenants who share the account share it.

    `slots` is a log of [slot start, calls] over the last window, changed only where
    `version` is still the one that was read: exact whatever the number of processes.
    `allowed` and `resets_at` may be corrected by what the platform's headers say.
    """

    platform = models.CharField(max_length=40)
    account = models.CharField(max_length=200)
    group = models.CharField(max_length=40, blank=True)
    window = models.PositiveBigIntegerField(help_text="Milliseconds.")
    allowed = models.PositiveIntegerField(help_text="Calls per window.")
    reserve = models.PositiveIntegerField(
        default=0, help_text="Of these, kept for sales."
    )
    slots = models.JSONField(default=list, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    # The platform said that nothing is left until then.
    resets_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("platform", "account", "group", "window"), name="budget_once"
            )
        ]

    def __str__(self) -> str:
        seconds = self.window / 1000
        return f"{self.platform} {self.account}: {self.allowed} in {seconds:g} s"


class CallUsage(TenantModel):
    """Calls one connection spent in one hour for one route (none: for itself)."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="usage")
    route = models.ForeignKey(Route, models.CASCADE, null=True, blank=True)
    hour = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)
    throttled = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "route", "hour"), name="usage_once"
            ),
            models.UniqueConstraint(
                fields=("connection", "hour"),
                condition=Q(route=None),
                name="usage_once_without_route",
            ),
        ]
        indexes = [
            # Charts and forecasts: the hours of one account, whatever the route.
            models.Index(fields=("connection", "hour"), name="usage_by_hour")
        ]

    def __str__(self) -> str:
        return f"{self.connection} {self.hour:%Y-%m-%d %H}h: {self.calls}"


@receiver(pre_delete, sender=Route)
def keep_the_calls(instance: Route, **_: object) -> None:
    """Calls made for a route that goes count as its connections' own from then on."""
    mine = CallUsage.objects.for_tenant(instance.tenant_id)
    for usage in mine.filter(route=instance):
        own, _made = mine.get_or_create(
            tenant_id=usage.tenant_id,
            connection_id=usage.connection_id,
            route=None,
            hour=usage.hour,
        )
        mine.filter(pk=own.pk).update(
            calls=F("calls") + usage.calls, throttled=F("throttled") + usage.throttled
        )
