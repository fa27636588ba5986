"""Walks a list page by page from where the last one ended; no page costs more than the
first, and nothing is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

USUAL = 50
MOST = 200
LARGEST = 2**63 - 1
CURSOR, LIMIT = "cursor", "limit"
_SHAPE = re.compile(r"\d{1,19}(?:\.\d{1,19})?", re.ASCII)


class Walk(BasePagination):
    """Pages in the order of `view.walk`: one or two whole numbers that tell rows apart,
    the greatest first where `view.newest_first`. The last page has no `next`."""

    next: str | None = None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        """The rows of the page that the query asks for. ValidationError names a
        parameter that means nothing."""
        limit = _limit(request)
        if cursor := request.query_params.get(CURSOR):
            queryset = queryset.filter(_after(view, _numbers(cursor, view)))
        sign = "-" if view.newest_first else ""
        ordered = queryset.order_by(*(f"{sign}{name}" for name in view.walk))
        rows = list(ordered[: limit + 1])
        if len(rows) > limit:
            rows.pop()
            last = ".".join(str(getattr(rows[-1], name)) for name in view.walk)
            address = request.build_absolute_uri()
            self.next = replace_query_param(address, CURSOR, last)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page as it is sent."""
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page as the schema tells it."""
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "Where the list goes on; null on the last page.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The two parameters every list knows."""
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        told = {
            LIMIT: (limit, "Rows on a page."),
            CURSOR: (
                {"type": "string", "pattern": f"^{_SHAPE.pattern}$"},
                "Where the page begins, as `next` names it. Make up none.",
            ),
        }
        return [
            {"name": name, "in": "query", "schema": schema, "description": words}
            for name, (schema, words) in told.items()
        ]


def _limit(request: Request) -> int:
    text = request.query_params.get(LIMIT, str(USUAL))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST):
        raise ValidationError({LIMIT: f"Give a whole number from 1 to {MOST}."})
    return int(text)


def _numbers(cursor: str, view: Any) -> Sequence[int]:
    numbers = (
        [int(part) for part in cursor.split(".")] if _SHAPE.fullmatch(cursor) else []
    )
    if len(numbers) != len(view.walk) or max(numbers) > LARGEST:
        raise ValidationError({CURSOR: "Take it from `next` of the page before."})
    return numbers


def _after(view: Any, numbers: Sequence[int]) -> Q:
    """Rows beyond these numbers in the order of the walk."""
    beyond = "lt" if view.newest_first else "gt"
    first, *rest = view.walk
    if not rest:
        return Q(**{f"{first}__{beyond}": numbers[0]})
    further = Q(**{f"{first}__{beyond}": numbers[0]})
    tied = Q(**{f"{rest[0]}__{beyond}": numbers[1]})
    # The first condition alone uses the index; the second decides among equals.
    return Q(**{f"{first}__{beyond}e": numbers[0]}) & (further | tied)
