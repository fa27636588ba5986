"""Errors: problems of items, and what may be done about them, one by one or many."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.filters import KindFilter, Moment, OfConnection, Text, Whole
from integration.api.paging import LARGEST
from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.retries import OneRetry
from integration.api.shapes import Counted, Strict, Uid
from integration.engine import problems, retries
from integration.models import Connection, Scope
from integration.models.route import KINDS
from synclog.matching import TABS, matching
from synclog.models import LIVE_ERRORS, ErrorState, Retry, SyncError, Who

# Problems ignored or resolved in one request.
AT_ONCE = 1_000
SORTS = ("data", "setup", "platform", "limit", "weft")


class ErrorShape(serializers.ModelSerializer[SyncError]):
    """One problem of one item: equal failures count up, success closes it."""

    connection = Uid("connection.uid")
    record = Uid("record.uid", allow_null=True)

    class Meta:
        model = SyncError
        fields = (
            "id",
            "connection",
            "kind",
            "external_id",
            "label",
            "record",
            "run",
            "delivery",
            "retry",
            "group",
            "code",
            "field",
            "message",
            "hint",
            "who",
            "state",
            "count",
            "first_at",
            "last_at",
            "resolved_by",
            "resolved_at",
        )
        read_only_fields = fields


class ErrorFilter(FilterSet):
    """Filters of the list."""

    connection = OfConnection()
    kind = KindFilter()
    external_id = Text()
    record = OfConnection("record__uid")
    group = Text()
    code = Text()
    field = Text()
    who = ChoiceFilter(choices=Who.choices)
    state = ChoiceFilter(choices=ErrorState.choices)
    retry = Whole("retry_id")
    seen_after = Moment("last_at", "gte")


class Filters(Strict):
    """Which problems are meant: those that fit all that is given. Given nothing, all
    open ones are."""

    tab = serializers.ChoiceField(
        choices=[*TABS], required=False, help_text="As on the page of errors."
    )
    connection = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    group = serializers.CharField(max_length=32, required=False)
    code = serializers.CharField(max_length=60, required=False)
    field = serializers.CharField(max_length=200, required=False)
    who = serializers.ChoiceField(choices=Who.choices, required=False)
    older_than = serializers.IntegerField(
        min_value=0,
        max_value=10_000,
        required=False,
        help_text="Days since it was first seen.",
    )
    text = serializers.CharField(max_length=200, required=False)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST),
        required=False,
        min_length=1,
        max_length=1_000,
    )

    def get_fields(self) -> dict[str, Any]:
        """With `class`, which Python keeps for itself."""
        sort = serializers.ChoiceField(
            choices=SORTS, required=False, help_text="Whose affair."
        )
        return {**super().get_fields(), "class": sort}


class Chosen(Strict):
    """Many problems at once."""

    filters = Filters()


class Errors(Listed):
    """Problems of items, the newest first."""

    tag = "errors"
    model = SyncError
    serializer_class = ErrorShape
    filterset_class = ErrorFilter
    joined = ("connection", "record")
    lookup_value_converter = "int"
    scopes = dict.fromkeys(
        ("retry", "ignore", "resolve", "retry_all", "ignore_all", "resolve_all"),
        Scope.ERRORS,
    )

    @extend_schema(request=None, responses={202: OneRetry})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: int) -> Response:
        """Write again what could not be written, read again what could not be read; it
        closes by itself when that succeeds."""
        self.get_object()
        begun = retries.again(self.tenant, self._one(pk))
        if not begun.total:
            begun.delete()
            raise Refused(
                409,
                "conflict",
                "Nothing can be tried again here.",
                hint="Its `hint` says what to do; then call it solved.",
            )
        return _answer(begun)

    @extend_schema(request=None, responses=ErrorShape)
    @action(detail=True, methods=["post"])
    def ignore(self, request: Request, pk: int) -> Response:
        """Stop telling of it; the same failure of the same item is only counted."""
        self.get_object()
        if not problems.ignore(self._one(pk)):
            raise Refused(409, "conflict", "Only an open problem can be ignored.")
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=ErrorShape)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: int) -> Response:
        """Call it solved; should it come back, it is a new problem."""
        self.get_object()
        if not problems.resolve(self._one(pk)):
            raise Refused(409, "conflict", "This problem is solved already.")
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=Chosen, responses={202: OneRetry})
    @action(detail=False, methods=["post"], url_path="retry")
    def retry_all(self, request: Request) -> Response:
        """Try all problems of a filter again; watch how far that has come under
        `/retries/`."""
        return _answer(retries.start(self.tenant, self._filters(request)))

    @extend_schema(request=Chosen, responses=Counted)
    @action(detail=False, methods=["post"], url_path="ignore")
    def ignore_all(self, request: Request) -> Response:
        """Ignore the open problems of a filter, a thousand of them at a time."""
        chosen = self._matching(request).filter(state=ErrorState.OPEN)
        return self._slice(chosen, problems.ignore)

    @extend_schema(request=Chosen, responses=Counted)
    @action(detail=False, methods=["post"], url_path="resolve")
    def resolve_all(self, request: Request) -> Response:
        """Call the problems of a filter solved, a thousand of them at a time."""
        chosen = self._matching(request).filter(state__in=LIVE_ERRORS)
        return self._slice(chosen, problems.resolve)

    def _one(self, pk: int) -> QuerySet[Any]:
        return SyncError.objects.for_tenant(self.tenant).filter(pk=pk)

    def _filters(self, request: Request) -> dict[str, Any]:
        """What was chosen, in the words of `matching`."""
        wish = Chosen(data=request.data)
        wish.is_valid(raise_exception=True)
        filters = dict(wish.validated_data["filters"])
        if uid := filters.get("connection"):
            mine = Connection.objects.for_tenant(self.tenant)
            found = mine.filter(uid=uid).values_list("pk", flat=True).first()
            if found is None:
                words = "There is no such connection."
                raise serializers.ValidationError({"filters": {"connection": words}})
            filters["connection"] = found
        return filters

    def _matching(self, request: Request) -> QuerySet[Any]:
        return matching(self.tenant, self._filters(request))

    def _slice(self, chosen: QuerySet[Any], do: Any) -> Response:
        keys = list(chosen.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
        some = SyncError.objects.for_tenant(self.tenant).filter(pk__in=keys[:AT_ONCE])
        return Response({"count": do(some), "more": len(keys) > AT_ONCE})


def _answer(retry: Retry) -> Response:
    where = f"/api/v1/retries/{retry.pk}/"
    return Response(OneRetry(retry).data, 202, headers={"Location": where})
