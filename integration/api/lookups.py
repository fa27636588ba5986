"""Lookups: the words platforms let field maps and pairs choose from."""

from __future__ import annotations

from django_filters.rest_framework import BooleanFilter, FilterSet
from rest_framework import serializers

from integration.api.filters import OfConnection, Text
from integration.api.resource import Listed
from integration.api.shapes import Masked, Uid
from integration.models import Lookup


class LookupShape(serializers.ModelSerializer[Lookup]):
    """One word of a closed vocabulary: a country, a tax rate, an account."""

    connection = Uid("connection.uid")
    data = Masked(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = Lookup
        fields = (
            "id",
            "connection",
            "table",
            "external_id",
            "code",
            "label",
            "parent",
            "active",
            "data",
            "seen_at",
        )
        read_only_fields = fields


class LookupFilter(FilterSet):
    """Filters of the list."""

    connection = OfConnection()
    table = Text()
    external_id = Text()
    code = Text()
    active = BooleanFilter()


class Lookups(Listed):
    """Words of platforms' vocabularies."""

    tag = "lookups"
    model = Lookup
    serializer_class = LookupShape
    filterset_class = LookupFilter
    joined = ("connection",)
    newest_first = False
    lookup_value_converter = "int"
