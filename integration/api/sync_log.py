"""The sync log: where programs report how far a sync of theirs has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.problems import Refused
from integration.api.resource import Resource
from integration.api.shapes import Strict
from integration.canonical.kinds import Kind
from integration.models import Connection, Scope
from synclog import reported
from synclog.models import SyncError, SyncLog
from synclog.reported import LONGEST_CODE, MOST, PREFIX, Report

KIND = OpenApiParameter(
    "kind", {"type": "string", "enum": [*Kind]}, OpenApiParameter.PATH
)


class ReportedError(Strict):
    """One thing that did not arrive. Its `external_id` stands once in a request."""

    external_id = serializers.CharField(
        max_length=200, help_text="Its id on the platform of the connection."
    )
    code = serializers.RegexField(
        r"^[A-Za-z0-9_.-]+$",
        max_length=LONGEST_CODE,
        default="error",
        help_text="The sort of problem: equal ones are shown as one group.",
    )
    message = serializers.CharField(
        max_length=2_000, help_text="What is wrong, in words for the merchant."
    )
    field = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="The field to mend."
    )


class Past(serializers.DateTimeField):
    """A moment that has been."""

    def to_internal_value(self, value: Any) -> Any:
        """The moment; refused where it is to come."""
        moment = super().to_internal_value(value)
        if moment > timezone.now() + timedelta(minutes=5):
            raise serializers.ValidationError("This moment is still to come.")
        return moment


class Begun(Strict):
    """A full sync begins. What is left out is cleared: send the former
    `last_full_sync` along."""

    started_full_sync = Past()
    last_full_sync = Past(default=None, allow_null=True)
    errors = ReportedError(many=True, default=list, max_length=MOST)  # type: ignore[call-arg,assignment]

    def validate_errors(self, errors: list[dict[str, str]]) -> list[dict[str, str]]:
        """No thing twice."""
        seen: set[str] = set()
        twice = {}
        for place, each in enumerate(errors):
            if each["external_id"] in seen:
                words = "This id stands in the request before: tell each thing once."
                twice[place] = {
                    "external_id": [serializers.ErrorDetail(words, "duplicate")]
                }
            seen.add(each["external_id"])
        if twice:
            raise serializers.ValidationError(twice)  # type: ignore[arg-type]
        return errors


class More(Begun):
    """More of a sync: problems, ids that went well, and in the end `last_full_sync`."""

    started_full_sync = None  # type: ignore[assignment]
    last_full_sync = Past(
        required=False, help_text="Ends the full sync: send it once, after the last."
    )
    resolved = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=MOST
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Nothing both went well and went wrong."""
        wrong = {each["external_id"] for each in attrs["errors"]}
        both = {
            place: ["This id is among the errors as well: is it solved or not?"]
            for place, each in enumerate(attrs["resolved"])
            if each in wrong
        }
        if both:
            raise serializers.ValidationError({"resolved": both})  # type: ignore[dict-item]
        return attrs


class LogShape(serializers.ModelSerializer[SyncLog]):
    """How far the syncs of a kind have come."""

    kind = serializers.CharField(source="data_type", read_only=True)
    started_full_sync = serializers.DateTimeField(source="started_at", read_only=True)
    last_full_sync = serializers.DateTimeField(source="last_full_at", read_only=True)
    last_partial_sync = serializers.DateTimeField(
        source="last_partial_at", read_only=True
    )
    error_count = serializers.SerializerMethodField()

    class Meta:
        model = SyncLog
        fields = (
            "kind",
            "started_full_sync",
            "last_full_sync",
            "last_partial_sync",
            "error_count",
        )

    def get_error_count(self, log: SyncLog) -> int:
        """Problems reported that are not over."""
        return reported.errors(log.connection, log.data_type).count()


class StandingError(serializers.ModelSerializer[SyncError]):
    """A problem that was reported and is not over."""

    code = serializers.SerializerMethodField()

    class Meta:
        model = SyncError
        fields = (
            "external_id",
            "code",
            "message",
            "field",
            "count",
            "first_at",
            "last_at",
        )
        read_only_fields = fields

    def get_code(self, error: SyncError) -> str:
        """As it was reported."""
        return error.code.removeprefix(PREFIX)


class SyncLogs(Resource):
    """Reports of syncs that programs do by themselves, by connection and kind."""

    tag = "sync-log"
    model = SyncLog
    serializer_class = LogShape
    scopes = dict.fromkeys(("begin", "more", "clear"), Scope.SYNC_LOG)
    newest_first = False

    def connection(self) -> Connection:
        """The connection in the address; Http404 where the merchant has none such."""
        mine = Connection.objects.for_tenant(self.tenant)
        if self.kwargs.get("kind", Kind.PRODUCT) not in list(Kind):
            raise Http404
        return get_object_or_404(mine, uid=self.kwargs["connection"])

    @extend_schema(
        parameters=[KIND], request=Begun, responses={200: LogShape, 201: LogShape}
    )
    def begin(self, request: Request, connection: str, kind: str) -> Response:
        """Record that a full sync has begun. All that was reported before is over."""
        of = self.connection()
        told = _checked(Begun, request)
        log, made = reported.begin(
            of,
            kind,
            _reports(told),
            started=told["started_full_sync"],
            last_full=told["last_full_sync"],
        )
        return Response(LogShape(log).data, 201 if made else 200)

    @extend_schema(parameters=[KIND], request=More, responses=LogShape)
    def more(self, request: Request, connection: str, kind: str) -> Response:
        """Add problems, call some solved, and at the very end stamp `last_full_sync`.
        Outside a full sync this records a partial one."""
        of = self.connection()
        told = _checked(More, request)
        log = reported.add(
            of, kind, _reports(told), told["resolved"], told.get("last_full_sync")
        )
        if log is None:
            raise _nothing_begun(kind)
        return Response(LogShape(log).data)

    @extend_schema(parameters=[KIND], responses=LogShape)
    def read(self, request: Request, connection: str, kind: str) -> Response:
        """How far the syncs of a kind have come."""
        return Response(LogShape(self._log(kind)).data)

    @extend_schema(parameters=[KIND], responses=StandingError(many=True))
    def errors(self, request: Request, connection: str, kind: str) -> Response:
        """What was reported and is not over."""
        log = self._log(kind)
        rows: QuerySet[Any] = reported.errors(log.connection, kind)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(StandingError(page, many=True).data)

    @extend_schema(responses={204: None})
    def clear(self, request: Request, connection: str) -> Response:
        """Remove the logs of all kinds, for a program that leaves; what it reported is
        over."""
        reported.forget(self.connection())
        return Response(status=204)

    def _log(self, kind: str) -> SyncLog:
        log = reported.read(self.connection(), kind)
        if log is None:
            raise _nothing_begun(kind)
        return log


def _checked(shape: type[Strict], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _reports(told: dict[str, Any]) -> list[Report]:
    return [Report(**each) for each in told["errors"]]


def _nothing_begun(kind: str) -> Refused:
    return Refused(
        404,
        "not_found",
        f"No full sync of the kind “{kind}” was recorded yet.",
        hint="Record its start with PUT first.",
    )
