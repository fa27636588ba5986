"""Usage: calls spent, by the hour and route; and what is to come."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.filters import Moment, OfConnection, Whole
from integration.api.resource import Resource
from integration.api.shapes import Uid
from integration.engine import forecast
from integration.models import CallUsage, Connection


class UsageShape(serializers.ModelSerializer[CallUsage]):
    """Calls of one hour for one route; without a route: for reading, and upkeep."""

    connection = Uid("connection.uid")

    class Meta:
        model = CallUsage
        fields = ("connection", "route", "hour", "calls", "throttled")
        read_only_fields = fields


class UsageFilter(FilterSet):
    """Filters of the list."""

    connection = OfConnection()
    route = Whole("route_id")
    since = Moment("hour", "gte")
    until = Moment("hour", "lt")


class Usage(ListModelMixin, Resource):
    """Calls spent, hour by hour, the latest written first."""

    tag = "usage"
    model = CallUsage
    serializer_class = UsageShape
    filterset_class = UsageFilter
    joined = ("connection",)


class WindowShape(serializers.Serializer[Any]):
    """One window of the account; the account may be shared."""

    calls = serializers.IntegerField(source="limit.calls")
    seconds = serializers.FloatField(source="limit.seconds")
    group = serializers.CharField(source="limit.group")
    spent = serializers.IntegerField()
    shut_until = serializers.DateTimeField(allow_null=True)
    runs_out = serializers.DateTimeField(
        allow_null=True, help_text="At the pace of now; null: it will not."
    )


class UsedShape(serializers.Serializer[Any]):
    """Calls of one route; null: reading, and upkeep."""

    route = serializers.IntegerField(source="route.pk", default=None, allow_null=True)
    hour = serializers.IntegerField()
    day = serializers.IntegerField()
    month = serializers.IntegerField()
    share = serializers.IntegerField(help_text="Percent of the last week's calls.")


class SavingShape(serializers.Serializer[Any]):
    """Calls a month saved by looking for a route's changes every `then` seconds."""

    route = serializers.IntegerField(source="route.pk")
    then = serializers.IntegerField()
    calls = serializers.IntegerField()


class ForecastShape(serializers.Serializer[Any]):
    """Windows, calls by route, calls a month at the pace of now, and savings."""

    windows = WindowShape(many=True)
    used = UsedShape(many=True)
    month = serializers.IntegerField()
    savings = SavingShape(many=True)


class Forecasts(RetrieveModelMixin, Resource):
    """What is to come on a connection."""

    tag = "usage"
    model = Connection
    serializer_class = ForecastShape
    lookup_field = "uid"
    lookup_value_converter = "uuid"

    @extend_schema(responses=ForecastShape)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Calls used and to come on a connection, and what would save some."""
        found = forecast.of(self.get_object(), timezone.now())
        return Response(ForecastShape(found).data)
