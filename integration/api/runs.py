"""Runs: reads of platforms' lists, under way and ended."""

from __future__ import annotations

from typing import Any

from django_filters.rest_framework import BooleanFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integration.api.filters import Moment, OfConnection, Text
from integration.api.problems import Refused
from integration.api.resource import Listed
from integration.api.shapes import RunShape
from integration.engine import steer
from integration.models import Run, RunState, RunTarget, Scope


class TargetShape(serializers.ModelSerializer[RunTarget]):
    """What a full read owes one route."""

    class Meta:
        model = RunTarget
        fields = ("route", "owed", "done", "failed")
        read_only_fields = fields


class OneRun(RunShape):
    """A read with what it owes each route."""

    targets = TargetShape(many=True, read_only=True)

    class Meta(RunShape.Meta):
        fields = (*RunShape.Meta.fields, "targets")
        read_only_fields = fields


class RunFilter(FilterSet):
    """Filters of the list."""

    connection = OfConnection()
    stream = Text()
    state = ChoiceFilter(choices=RunState.choices)
    everything = BooleanFilter()
    created_after = Moment("created_at", "gte")


class Runs(Listed):
    """Reads of platforms' lists, the newest first."""

    tag = "runs"
    model = Run
    serializer_class = RunShape
    filterset_class = RunFilter
    joined = ("connection",)
    lookup_value_converter = "int"
    scopes = {"cancel": Scope.SYNC}

    def get_serializer_class(self) -> type[Any]:
        """One run alone tells what it owes each route."""
        return OneRun if self.action in ("retrieve", "cancel") else RunShape

    @extend_schema(request=None, responses=OneRun)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop reading. What was read stays; nothing is taken for gone."""
        run = self.get_object()
        mine = Run.objects.for_tenant(self.tenant).filter(pk=run.pk)
        if not steer.cancel(mine):
            raise Refused(409, "conflict", "This run has ended already.")
        return Response(self.get_serializer(self.get_object()).data)
