"""Records: the merchant's things, what every platform calls them, and what it says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django_filters.rest_framework import BooleanFilter, FilterSet
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.filters import KindFilter, OfConnection, Text, Whole
from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.shapes import ANY_OBJECT, Asked, Uid, shown
from integration.engine import steer
from integration.models import Link, MatchKey, Record, Scope
from integration.models.record import normalised

DATA = "data"
FALSE, TRUE = "false", "true"


class LinkShape(serializers.ModelSerializer[Link]):
    """What one connection calls the thing, and what it says there. `data` is the record
    in Weft's language, masked, where the question asked for it."""

    connection = Uid("connection.uid")
    data = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta:
        model = Link
        fields = (
            "connection",
            "kind",
            "external_id",
            "sent_revision",
            "sent_at",
            "gone_at",
            "data",
        )
        read_only_fields = fields

    @extend_schema_field(ANY_OBJECT)
    def get_data(self, link: Link) -> Any:
        """Null where it was not asked for, or the link is a mere identity."""
        return shown(link.data) if self.context[DATA] else None


class RecordShape(serializers.ModelSerializer[Record]):
    """One real-world thing. What was removed or merged stays, with `gone_at` or
    `merged_into`, under a new `revision`."""

    parent = Uid("parent.uid", allow_null=True)  # type: ignore[assignment]
    merged_into = Uid("merged_into.uid", allow_null=True)
    links = LinkShape(many=True, read_only=True)

    class Meta:
        model = Record
        fields = (
            "uid",
            "kind",
            "label",
            "revision",
            "parent",
            "gone_at",
            "merged_into",
            "ignored_at",
            "created_at",
            "links",
        )
        read_only_fields = fields


class RecordFilter(FilterSet):
    """Filters of the list."""

    kind = KindFilter()
    key = Text(
        method="by_key", help_text="A natural key, such as a SKU or an e-mail address."
    )
    external_id = Text(
        method="by_external_id", help_text="What any connection calls it."
    )
    connection = OfConnection(
        method="by_connection", help_text="Things this connection has."
    )
    revision_gt = Whole(
        "revision", "gt", help_text="What has changed since that revision."
    )
    gone = BooleanFilter("gone_at", "isnull", exclude=True)

    def by_key(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Records that some connection told this key of."""
        keys = MatchKey.objects.for_tenant(self.request.auth.tenant)
        return rows.filter(
            pk__in=keys.filter(value=normalised(value)).values("record_id")
        )

    def by_external_id(
        self, rows: QuerySet[Any], name: str, value: str
    ) -> QuerySet[Any]:
        """Records that some connection calls so."""
        links = Link.objects.for_tenant(self.request.auth.tenant)
        return rows.filter(pk__in=links.filter(external_id=value).values("record_id"))

    def by_connection(
        self, rows: QuerySet[Any], name: str, value: UUID
    ) -> QuerySet[Any]:
        """Records that this connection has, under the external id asked for."""
        links = Link.objects.for_tenant(self.request.auth.tenant)
        chosen = links.filter(connection__uid=value)
        if external_id := self.form.cleaned_data.get("external_id"):
            chosen = chosen.filter(external_id=external_id)
        return rows.filter(pk__in=chosen.values("record_id"))


WITH_DATA = OpenApiParameter(
    DATA,
    {"type": "string", "enum": [FALSE, TRUE], "default": FALSE},
    description="Whether each link says what its platform shows.",
)


@extend_schema_view(
    list=extend_schema(parameters=[WITH_DATA]),
    retrieve=extend_schema(parameters=[WITH_DATA]),
)
class Records(Listed):
    """The merchant's things, in the order they changed: walk the list, keep the last
    `revision`, and ask for `revision_gt` next time."""

    tag = "records"
    model = Record
    serializer_class = RecordShape
    filterset_class = RecordFilter
    joined = ("parent", "merged_into")
    walk = ("revision", "pk")
    newest_first = False
    parameters = (DATA,)
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    scopes = {"sync": Scope.SYNC}

    def get_queryset(self) -> QuerySet[Any]:
        """With their links, and what those say where it was asked for."""
        found = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return found
        links = Link.objects.for_tenant(self.tenant).select_related("connection")
        if not self._with_data():
            links = links.defer("data", "sent")
        return found.prefetch_related(Prefetch("links", links.order_by("pk")))

    def get_serializer_context(self) -> dict[str, Any]:
        """With whether data was asked for."""
        return {**super().get_serializer_context(), DATA: self._with_data()}

    def _with_data(self) -> bool:
        if self.request is None:
            return False
        word = self.request.query_params.get(DATA, FALSE)
        if word not in (TRUE, FALSE):
            raise ValidationError({DATA: f"Say “{TRUE}” or “{FALSE}”."})
        return word == TRUE

    @extend_schema(request=None, responses={202: Asked})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, uid: str) -> Response:
        """Read this thing anew from every platform that knows it, at once."""
        record = self.get_object()
        runs = steer.sync_now([record])
        if not runs:
            raise Refused(
                409,
                "conflict",
                "No connection has a list that could be asked for this one thing.",
                hint="Ask for a full sync of its connection instead.",
            )
        return Response(Asked({"runs": runs}).data, 202)
