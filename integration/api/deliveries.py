"""Deliveries: writes owed to platforms, and what became of them."""

from __future__ import annotations

import zlib
from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.filters import KindFilter, OfConnection, Whole
from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.shapes import ANY_OBJECT, Uid, shown
from integration.engine import steer
from integration.models import Delivery, DeliveryState, Scope


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    """One write owed to the target of a route."""

    record = Uid("record.uid")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            "id",
            "route",
            "record",
            "kind",
            "action",
            "state",
            "wait_reason",
            "attempts",
            "code",
            "message",
            "cause",
            "not_before",
            "created_at",
            "ended_at",
        )
        read_only_fields = fields


class OneDelivery(DeliveryShape):
    """A write with its payload, masked, as it last left."""

    payload = serializers.SerializerMethodField()

    class Meta(DeliveryShape.Meta):
        fields = (*DeliveryShape.Meta.fields, "payload")
        read_only_fields = fields

    @extend_schema_field(ANY_OBJECT)
    def get_payload(self, delivery: Delivery) -> dict[str, Any] | None:
        """Null where nothing has left yet."""
        if delivery.payload:
            try:
                return _object(shown(zlib.decompress(bytes(delivery.payload))))
            except zlib.error:
                return None
        return _object(shown(delivery.frozen))


def _object(value: Any) -> dict[str, Any] | None:
    """Payloads that are no object are shown as one."""
    return value if isinstance(value, dict) or value is None else {"value": value}


class DeliveryFilter(FilterSet):
    """Filters of the list."""

    route = Whole("route_id")
    record = OfConnection("record__uid")
    kind = KindFilter()
    state = ChoiceFilter(choices=DeliveryState.choices)


class Deliveries(Listed):
    """Writes owed to platforms, the newest first."""

    tag = "deliveries"
    model = Delivery
    serializer_class = DeliveryShape
    filterset_class = DeliveryFilter
    joined = ("record",)
    lookup_value_converter = "int"
    scopes = {"retry": Scope.ERRORS}

    def get_queryset(self) -> QuerySet[Any]:
        """Lists leave the large columns out."""
        found = super().get_queryset()
        return found.defer("frozen", "payload", "edited") if not self.detail else found

    def get_serializer_class(self) -> type[Any]:
        """One delivery alone shows its payload."""
        return OneDelivery if self.detail else DeliveryShape

    @extend_schema(request=None, responses={202: OneDelivery})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: int) -> Response:
        """Try it again at once; a write of unknown outcome is looked for first."""
        delivery = self.get_object()
        mine = Delivery.objects.for_tenant(self.tenant).filter(pk=delivery.pk)
        if not steer.retry(mine):
            raise Refused(
                409,
                "conflict",
                f"It is {DeliveryState(delivery.state).label.lower()}: there is "
                "nothing to try again.",
            )
        return Response(self.get_serializer(self.get_object()).data, 202)
