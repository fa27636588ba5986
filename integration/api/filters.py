"""What lists may be asked for: filters that refuse what they do not know."""

from __future__ import annotations

from typing import Any

import django_filters.rest_framework as django_filters
from django import forms
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from integration.api.paging import CURSOR, LARGEST, LIMIT
from integration.models.route import KINDS


@extend_schema_field({"type": "integer", "format": "int64", "minimum": 0})
class Whole(django_filters.NumberFilter):
    """A whole number that a database can hold."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        limits = {"min_value": 0, "max_value": LARGEST}
        super().__init__(*args, **kwargs, **limits)

    def get_max_validator(self) -> None:
        """None besides `max_value`."""


class Text(django_filters.CharFilter):
    """Text that is equal, to the letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, max_length=300, strip=False)


class Moment(django_filters.IsoDateTimeFilter):
    """A moment with its offset from UTC, such as 2026-05-01T12:00:00Z."""


class KindFilter(django_filters.ChoiceFilter):
    """One of the kinds of things."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, choices=KINDS)


class OfConnection(django_filters.UUIDFilter):
    """What belongs to the connection of this uid."""

    def __init__(self, field_name: str = "connection__uid", **kwargs: Any) -> None:
        super().__init__(field_name, **kwargs)


def refuse_unknown(given: Any, known: set[str]) -> None:
    """ValidationError naming each filter that is not known: ignoring one would answer,
    or change, far more than was meant."""
    unknown = sorted(set(given) - known)
    if unknown:
        words = f"There is no such filter. Known are: {', '.join(sorted(known))}."
        raise ValidationError({name: words for name in unknown})


class Filtering(django_filters.DjangoFilterBackend):
    """Applies a list's filters; one nobody knows is refused by its name."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """The rows that fit. ValidationError names the filter that cannot be."""
        if view.detail:
            return queryset
        chosen = self.get_filterset_class(view, queryset)
        known = set(chosen.base_filters) if chosen else set()
        refuse_unknown(request.query_params, {*known, *view.parameters, CURSOR, LIMIT})
        return super().filter_queryset(request, queryset, view)
