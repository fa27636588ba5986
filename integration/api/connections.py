"""Connections: accounts on platforms, how they are, and reads asked of them."""

from __future__ import annotations

from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.filters import Text
from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.shapes import Asked, Full, Masked, Strict
from integration.contract.messages import Everything
from integration.engine import reread
from integration.models import Connection, Health, Scope
from integration.models.route import KINDS
from synclog import journal


class ConnectionShape(serializers.ModelSerializer[Connection]):
    """One account on one platform. Credentials are never shown."""

    facts = Masked(read_only=True)
    retry_at = serializers.DateTimeField(
        source="circuit_until",
        read_only=True,
        allow_null=True,
        help_text="Left alone until then, after failing again and again.",
    )

    class Meta:
        model = Connection
        fields = (
            "uid",
            "platform",
            "account",
            "label",
            "health",
            "problem",
            "facts",
            "retry_at",
            "created_at",
        )
        read_only_fields = fields


class OneThing(Strict):
    """A thing as this connection calls it."""

    kind = serializers.ChoiceField(choices=KINDS)
    external_id = serializers.CharField(max_length=200)


class ConnectionFilter(FilterSet):
    """Filters of the list."""

    platform = Text()
    health = ChoiceFilter(choices=Health.choices)


def must_answer(connection: Connection) -> None:
    """Refused (409) where a connection was taken down for good."""
    if connection.health == Health.DISCONNECTED:
        raise Refused(
            409,
            "conflict",
            f"{connection} is disconnected.",
            hint="Connect it again in Weft; its links are kept.",
        )


class Connections(Listed):
    """Accounts on platforms."""

    tag = "connections"
    model = Connection
    serializer_class = ConnectionShape
    filterset_class = ConnectionFilter
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    scopes = {"sync": Scope.SYNC, "full_sync": Scope.SYNC}

    @extend_schema(request=OneThing, responses={202: Asked})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, uid: str) -> Response:
        """Read one thing anew at once, by what this connection calls it."""
        connection = self.get_object()
        asked = OneThing(data=request.data)
        asked.is_valid(raise_exception=True)
        must_answer(connection)
        kind, external_id = asked.validated_data["kind"], asked.data["external_id"]
        run = reread.thing(connection, kind, external_id)
        if run is None:
            raise Refused(
                409,
                "conflict",
                f"{connection} has no list of the kind “{kind}” to ask for one thing.",
                hint="Ask for a full sync of the connection instead.",
                field="kind",
            )
        journal.audit(self.tenant, "sync_now", f"{connection}: {kind} {external_id}")
        return Response(Asked({"runs": [run]}).data, 202)

    @extend_schema(request=Full, responses={202: Asked})
    @action(detail=True, methods=["post"], url_path="full-sync")
    def full_sync(self, request: Request, uid: str) -> Response:
        """Read all lists that routes from here need, but for sales: ask for those on
        their route. A list already being read in full is answered with that run."""
        connection = self.get_object()
        wish = Full(data=request.data)
        wish.is_valid(raise_exception=True)
        must_answer(connection)
        runs = reread.connection(connection, Everything(wish.validated_data["resend"]))
        return Response(Asked({"runs": runs}).data, 202)
