"""Plan: how often a tenant's data may move and how many calls it may use."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Plan(models.Model):
    """What a tenant pays for; a higher plan syncs more often. Edited by staff."""

    name = models.CharField(max_length=60, unique=True)
    shortest_every = models.PositiveIntegerField(
        default=900, help_text="The shortest pace of a route, in seconds."
    )
    calls_share = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Percent of what a platform allows that may be used; sales may "
        "always use all of it.",
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
