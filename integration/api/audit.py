"""The audit: who did what, for ever."""

from __future__ import annotations

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integration.api.filters import Moment, Text
from integration.api.resource import Listed
from integration.api.shapes import Masked
from integration.models import Scope
from synclog.models import AuditEvent

WHATEVER: dict[str, str] = {}


@extend_schema_field(WHATEVER)
class Whatever(Masked):
    """Any JSON value, null among them, masked."""


class AuditShape(serializers.ModelSerializer[AuditEvent]):
    """One deed. `actor` is empty where Weft did it by itself."""

    before = Whatever(read_only=True)
    after = Whatever(read_only=True)

    class Meta:
        model = AuditEvent
        fields = ("id", "at", "actor", "address", "verb", "subject", "before", "after")
        read_only_fields = fields


class AuditFilter(FilterSet):
    """Filters of the list."""

    verb = Text()
    actor = Text()
    since = Moment("at", "gte")
    until = Moment("at", "lt")


class Audit(Listed):
    """Who did what, the latest first."""

    tag = "audit"
    model = AuditEvent
    serializer_class = AuditShape
    filterset_class = AuditFilter
    lookup_value_converter = "int"
    scope = Scope.AUDIT
