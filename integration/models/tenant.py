"""Tenant: a merchant, who owns every other row; Member: a person who acts for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Tenant(models.Model):
    """A merchant. `revision` counts every change of its records, in commit order."""

    slug = models.SlugField(unique=True, help_text="Part of the dashboard's address.")
    name = models.CharField(max_length=200)
    zone = models.CharField(
        max_length=64, default="UTC", help_text="Time zone for quiet hours and mail."
    )
    email = models.EmailField(blank=True, help_text="Where problems are told.")
    quiet_from = models.TimeField(
        null=True, blank=True, help_text="No mail but a first failed sale from then on."
    )
    quiet_until = models.TimeField(null=True, blank=True)
    language = models.CharField(
        max_length=7, default="en", help_text="Language of mail to the shared address."
    )
    currency = models.CharField(
        max_length=3, default="EUR", help_text="What totals over platforms are told in."
    )
    two_factor = models.BooleanField(
        default=False, help_text="Every member signs in with a second factor."
    )
    # How it is told, by event (`synclog.wishes`): "now", "digest" or "off".
    alerts = models.JSONField(default=dict, blank=True)
    # Days that runs, events, deliveries and resolved errors are kept.
    keep_days = models.PositiveSmallIntegerField(default=90)
    plan = models.ForeignKey("integration.Plan", models.SET_NULL, null=True, blank=True)
    active = models.BooleanField(
        default=True, help_text="Nothing is read or written for an inactive merchant."
    )
    # Since when everything it has is being deleted; it goes itself at the end.
    leaving_at = models.DateTimeField(null=True, blank=True, editable=False)
    revision = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do; each includes the ones before it."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Admin"
    OWNER = "owner", "Owner"


class Member(models.Model):
    """A person who may act for a tenant."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)
    # Events this person wants no mail about, whatever the merchant chose.
    unwanted = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("tenant", "user"), name="member_once_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
