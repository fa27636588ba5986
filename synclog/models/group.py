"""ErrorGroup: what people were told about one sort of problem of a connection."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integration.models.scope import TenantModel


class ErrorGroup(TenantModel):
    """The mail state of the errors that share a `group_key`.

    People know of the problem since `open_since`; null: they know of none, or heard
    that it is over. `mails` counts the mails about it and names each episode.
    """

    connection = models.ForeignKey(
        "integration.Connection", models.CASCADE, related_name="error_groups"
    )
    key = models.CharField(max_length=32)
    kind = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=60)
    field = models.CharField(max_length=200, blank=True)
    # Since when nobody wants mail about it; over when the group recovers.
    muted_at = models.DateTimeField(null=True, blank=True)
    open_since = models.DateTimeField(null=True, blank=True)
    mails = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # When Weft first gave up on one of them, and whether people were told.
    gave_up_at = models.DateTimeField(null=True, blank=True)
    gave_up_told = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=("key",), name="error_group_once")
        ]
        indexes = [
            # Groups that may have recovered.
            models.Index(
                fields=("key",),
                condition=~Q(open_since=None),
                name="error_group_open",
            ),
            # Groups that Weft gave up on, which people do not know yet.
            models.Index(
                fields=("key",),
                condition=Q(gave_up_told=False) & ~Q(gave_up_at=None),
                name="error_group_gave_up",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.code, self.field)))
