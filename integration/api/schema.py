"""The schema where frameworks cannot guess it: scopes, headers, and every error."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from integration.api import access, idempotency, problems
from integration.api.problems import MEDIA_TYPE
from integration.api.shapes import Strict
from integration.models import Scope

Json = dict[str, Any]


class Described(AutoSchema):
    """Adds the scope of each operation, and the headers it understands."""

    view: Any

    def get_description(self) -> str:  # type: ignore[override]
        """What it does, and the scope it needs."""
        scope: Scope = access.needed(self.view)
        text = super().get_description() or ""
        return f"{text}\n\nNeeds the scope `{scope.value}`: {scope.label.lower()}."

    def get_operation_id(self) -> str:
        """The resource and what is done: `errors_retry_all`."""
        return f"{type(self.view).__name__.lower()}_{self.view.action}"

    def get_summary(self) -> str:
        """The operation in two or three words."""
        words = {"list": "List", "retrieve": "Look at one"}
        return words.get(self.view.action) or (
            self.view.action.replace("_", " ").capitalize()
        )

    def get_tags(self) -> list[str]:
        """The resource."""
        return [self.view.tag]

    def get_override_parameters(self) -> list[Any]:
        """Declared ones, and the headers of reads and writes."""
        writes = self.method in idempotency.WRITES
        header = (
            OpenApiParameter(
                idempotency.HEADER,
                {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": idempotency.LONGEST,
                    "pattern": "^[!-~]+$",
                },
                OpenApiParameter.HEADER,
                description="Does the write once, however often it is sent.",
            )
            if writes
            else OpenApiParameter(
                "If-None-Match",
                str,
                OpenApiParameter.HEADER,
                description="The `ETag` of the answer at hand.",
            )
        )
        return [*super().get_override_parameters(), header]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """`Record` for `RecordShape`."""
        name = str(super().get_serializer_name(serializer, direction))
        return name.removesuffix("Shape")

    def _postprocess_serializer_schema(
        self, schema: Json, serializer: Any, direction: Any
    ) -> Json:
        """Bodies that refuse other fields say so."""
        told: Json = super()._postprocess_serializer_schema(
            schema, serializer, direction
        )
        if isinstance(serializer, Strict):
            told["additionalProperties"] = False
        return told


class FiltersDescribed(DjangoFilterExtension):
    """Filters of rows whose manager answers nothing until told whose are meant."""

    target_class = "integration.api.filters.Filtering"
    priority = 1

    def get_schema_operation_parameters(
        self, auto_schema: Any, *args: Any, **kwargs: Any
    ) -> list[Json]:
        """Each filter as a parameter."""
        view = auto_schema.view
        chosen = getattr(view, "filterset_class", None)
        filters = chosen.base_filters.items() if chosen else ()
        found: list[Json] = []
        for name, each in filters:
            found += self.resolve_filter_field(
                auto_schema, view.model, chosen, name, each
            )
        return found


ERRORS = {
    "400": "A parameter or a field is not valid; `errors` names it.",
    "401": "No key, or none in force.",
    "403": "The key lacks the scope.",
    "404": "There is no such thing.",
    "406": "Only JSON is spoken.",
    "409": "Not as things stand, or the same request is still under way.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The `Idempotency-Key` belongs to another request.",
    "429": "The calls of this minute are spent.",
    "500": "A mistake of Weft's own.",
    "503": "The database does not answer.",
}
DONE = {
    "200": "As asked.",
    "201": "Made.",
    "202": "Begun; it goes on by itself.",
    "204": "Done.",
}
ALWAYS = ("401", "403", "406", "429", "500", "503")
HEADERS: Json = {
    "RequestId": ("X-Request-ID", "Names this call in logs.", {"type": "string"}),
    "RateLimit": (
        "RateLimit",
        "Calls left in this minute (`r`), and seconds until the next (`t`).",
        {"type": "string"},
    ),
    "RateLimitPolicy": (
        "RateLimit-Policy",
        "Calls allowed (`q`) in so many seconds (`w`).",
        {"type": "string"},
    ),
    "ETag": ("ETag", "Stands for this answer.", {"type": "string"}),
    "Replayed": (
        idempotency.REPLAYED,
        "`true`: done before, and answered as then.",
        {"type": "string", "enum": ["true"]},
    ),
    "RetryAfter": ("Retry-After", "Seconds to wait.", {"type": "integer"}),
    "Authenticate": ("WWW-Authenticate", "What is asked for.", {"type": "string"}),
}
OWN = {"401": ("Authenticate",), "429": ("RetryAfter",), "503": ("RetryAfter",)}
TEXT = {"type": "string"}
PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "hint", "instance", "errors"],
    "properties": {
        "type": {
            "type": "string",
            "enum": [
                f"urn:weft:problem:{code.replace('_', '-')}" for code in problems.TITLES
            ],
        },
        "title": {**TEXT, "description": "The sort of problem, in words."},
        "status": {"type": "integer"},
        "detail": {**TEXT, "description": "What is wrong here."},
        "hint": {**TEXT, "description": "The way out."},
        "instance": {**TEXT, "description": "The address that was asked."},
        "request_id": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {**TEXT, "examples": ["errors[3].external_id"]},
                    "code": TEXT,
                    "message": TEXT,
                },
            },
        },
    },
}


def tell_the_rest(result: Json, generator: Any, request: Any, public: Any) -> Json:
    """The schema with its errors and headers; a hook of drf-spectacular's."""
    parts = result.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts["headers"] = {
        name: {"description": words, "schema": schema}
        for name, (_, words, schema) in HEADERS.items()
    }
    parts["responses"] = {
        f"Error{status}": {
            "description": words,
            "headers": _headers("RequestId", *OWN.get(status, ())),
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, words in ERRORS.items()
    }
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return result


def _complete(path: str, method: str, operation: Json) -> None:
    answers = operation["responses"]
    reads = method == "get"
    own = "ETag" if reads else "Replayed"
    told = _headers("RequestId", "RateLimit", "RateLimitPolicy", own)
    for status, answer in answers.items():
        answer["description"] = answer["description"] or DONE[status]
        answer.setdefault("headers", {}).update(told)
    if reads:
        answers["304"] = {"description": "Nothing has changed.", "headers": told}
    for status in _errors(path, reads, operation):
        answers[status] = {"$ref": f"#/components/responses/Error{status}"}
    operation["responses"] = dict(sorted(answers.items()))


def _errors(path: str, reads: bool, operation: Json) -> list[str]:
    found = [*ALWAYS]
    if "{" in path:
        found.append("404")
    if not reads:
        found += ["400", "409", "413", "415", "422"]
    elif any(each["in"] == "query" for each in operation.get("parameters", ())):
        found.append("400")
    return found


def _headers(*names: str) -> Json:
    return {
        HEADERS[name][0]: {"$ref": f"#/components/headers/{name}"} for name in names
    }
