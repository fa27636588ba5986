"""Routes: what is brought from where to where, and full syncs of one of them."""

from __future__ import annotations

from django_filters.rest_framework import BooleanFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.connections import must_answer
from integration.api.filters import KindFilter, OfConnection
from integration.api.resource import Listed
from integration.api.shapes import Asked, Full, Masked, Uid
from integration.contract.messages import Everything
from integration.engine import reread
from integration.models import Route, Scope


class RouteShape(serializers.ModelSerializer[Route]):
    """A standing order: kind, from, to, and under which rules."""

    source = Uid("source.uid")  # type: ignore[assignment]
    target = Uid("target.uid")
    writes = serializers.CharField(
        read_only=True, help_text="The kind the target has in its place."
    )
    filters = Masked(read_only=True)
    pairs = Masked(read_only=True)
    options = Masked(read_only=True)
    match = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Route
        fields = (
            "id",
            "kind",
            "writes",
            "source",
            "target",
            "policy",
            "missing",
            "match",
            "filters",
            "pairs",
            "options",
            "every",
            "on_drift",
            "enabled",
            "created_at",
        )
        read_only_fields = fields


class RouteFilter(FilterSet):
    """Filters of the list."""

    kind = KindFilter()
    source = OfConnection("source__uid")
    target = OfConnection("target__uid")
    enabled = BooleanFilter()


class Routes(Listed):
    """What is brought from where to where."""

    tag = "routes"
    model = Route
    serializer_class = RouteShape
    filterset_class = RouteFilter
    joined = ("source", "target")
    lookup_value_converter = "int"
    scopes = {"full_sync": Scope.SYNC}

    @extend_schema(request=Full, responses={202: Asked})
    @action(detail=True, methods=["post"], url_path="full-sync")
    def full_sync(self, request: Request, pk: int) -> Response:
        """Read all of this route's kind anew, for its target alone."""
        route = self.get_object()
        wish = Full(data=request.data)
        wish.is_valid(raise_exception=True)
        must_answer(route.source)
        must_answer(route.target)
        runs = reread.route(route, Everything(wish.validated_data["resend"]))
        return Response(Asked({"runs": runs}).data, 202)
