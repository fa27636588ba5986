"""Retries: many problems tried again at once, and how far that has come."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.shapes import Masked
from integration.engine import retries
from integration.models import Scope
from synclog.models import Retry


class RetryShape(serializers.ModelSerializer[Retry]):
    """What was chosen, and how many problems that were."""

    filters = Masked(read_only=True)

    class Meta:
        model = Retry
        fields: tuple[str, ...] = (
            "id",
            "filters",
            "total",
            "created_at",
            "cancelled_at",
        )
        read_only_fields = fields


class ProgressShape(serializers.Serializer[Any]):
    """The counts add up to `total`. `elsewhere`: taken over by a later retry, or kept
    no more."""

    total = serializers.IntegerField()
    waiting = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    elsewhere = serializers.IntegerField()


class OneRetry(RetryShape):
    """A retry with how far it has come: it is over when nothing is `waiting`."""

    progress = serializers.SerializerMethodField()

    class Meta(RetryShape.Meta):
        fields = (*RetryShape.Meta.fields, "progress")
        read_only_fields = fields

    @extend_schema_field(ProgressShape)
    def get_progress(self, retry: Retry) -> Any:
        """Counted from the problems."""
        return ProgressShape(retries.progress(retry)).data


class Retries(Listed):
    """Many problems tried again at once, the latest first."""

    tag = "errors"
    model = Retry
    serializer_class = RetryShape
    lookup_value_converter = "int"
    scopes = {"cancel": Scope.ERRORS}

    def get_serializer_class(self) -> type[Any]:
        """One alone tells how far it has come."""
        return OneRetry if self.detail else RetryShape

    @extend_schema(request=None, responses=OneRetry)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Call off what has not been tried yet."""
        retry = self.get_object()
        if retry.cancelled_at is not None:
            raise Refused(409, "conflict", "This retry was called off before.")
        retries.cancel(retry)
        return Response(OneRetry(self.get_object()).data)
