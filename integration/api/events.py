"""Webhook events: what platforms called about, what that led to, and replays."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import BooleanFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.connections import must_answer
from integration.api.filters import Moment, OfConnection, Text
from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.shapes import Uid, shown
from integration.engine import steer
from integration.http.redact import redact_headers
from integration.models import EventState, Scope, WebhookEvent


class EventShape(serializers.ModelSerializer[WebhookEvent]):
    """One call of a platform's. `repeats` counts equal ones that followed."""

    connection = Uid("connection.uid")
    ids = serializers.SerializerMethodField()

    class Meta:
        model = WebhookEvent
        fields: tuple[str, ...] = (
            "id",
            "connection",
            "stream",
            "topic",
            "ids",
            "signed",
            "repeats",
            "received_at",
            "state",
            "reason",
            "run",
        )
        read_only_fields = fields

    def get_ids(self, event: WebhookEvent) -> list[str]:
        """What it says to look at."""
        return [str(each) for each in event.ids]


class OneEvent(EventShape):
    """A call with its body and the headers that matter, masked."""

    headers = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()

    class Meta(EventShape.Meta):
        fields = (*EventShape.Meta.fields, "headers", "body")
        read_only_fields = fields

    def get_headers(self, event: WebhookEvent) -> dict[str, str]:
        """Names, and values that are no secret."""
        return redact_headers(
            {str(name): str(value) for name, value in event.headers.items()}
        )

    @extend_schema_field({})
    def get_body(self, event: WebhookEvent) -> Any:
        """JSON; null where it was none, or is no longer kept."""
        return shown(event.body)


class EventFilter(FilterSet):
    """Filters of the list."""

    connection = OfConnection()
    state = ChoiceFilter(choices=EventState.choices)
    topic = Text()
    signed = BooleanFilter()
    received_after = Moment("received_at", "gte")


class Events(Listed):
    """What platforms called about, the newest first."""

    tag = "webhook-events"
    model = WebhookEvent
    serializer_class = EventShape
    filterset_class = EventFilter
    joined = ("connection",)
    lookup_value_converter = "int"
    scopes = {"replay": Scope.SYNC}

    def get_queryset(self) -> QuerySet[Any]:
        """Lists leave the bodies out."""
        found = super().get_queryset()
        return found if self.detail else found.defer("body", "headers")

    def get_serializer_class(self) -> type[Any]:
        """One event alone shows its body."""
        return OneEvent if self.detail else EventShape

    @extend_schema(request=None, responses={202: OneEvent})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: int) -> Response:
        """Act on it once more: the platform is read anew, the body is not used."""
        event = self.get_object()
        must_answer(event.connection)
        mine = WebhookEvent.objects.for_tenant(self.tenant).filter(pk=event.pk)
        if not steer.replay(mine):
            raise Refused(409, "conflict", "This call was turned away at the door.")
        return Response(self.get_serializer(self.get_object()).data, 202)
