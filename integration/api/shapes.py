"""How rows and answers that several resources share look outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integration.models import Run
from synclog.cleaning import without_secrets

# Stored bodies beyond this are not shown.
MOST_BYTES = 500_000
OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}
ANY_OBJECT: dict[str, Any] = {**OBJECT, "type": ["object", "null"]}
Row = dict[str, Any]


class Uid(serializers.UUIDField):
    """The uid of a row this one points at; null where it points at none."""

    def __init__(self, source: str, **kwargs: Any) -> None:
        super().__init__(source=source, read_only=True, **kwargs)


@extend_schema_field(OBJECT)
class Masked(serializers.JSONField):
    """JSON that is shown with its secrets masked."""

    def to_representation(self, value: Any) -> Any:
        """The value without secrets."""
        return without_secrets(value)


def shown(stored: bytes | memoryview | None) -> Any:
    """Stored JSON as it may be shown: without secrets; None where it is no JSON, or
    more than anybody reads."""
    data = bytes(stored or b"")
    if not 0 < len(data) <= MOST_BYTES:
        return None
    try:
        return without_secrets(msgspec.json.decode(data))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


class Strict(serializers.Serializer[Any]):
    """A body that may hold nothing but its fields: a name misspelt is refused."""

    def to_internal_value(self, data: Any) -> Any:
        """The values; ValidationError names each field that is not known."""
        if isinstance(data, Mapping):
            unknown = sorted(map(str, set(data) - set(self.fields)))
            if unknown:
                known = ", ".join(self.fields)
                message = f"There is no such field. Known are: {known}."
                raise serializers.ValidationError({name: message for name in unknown})
        return super().to_internal_value(data)


class RunShape(serializers.ModelSerializer[Run]):
    """One read of one list, and what became of its rows."""

    connection = Uid("connection.uid")

    class Meta:
        model = Run
        fields: tuple[str, ...] = (
            "id",
            "connection",
            "stream",
            "state",
            "cause",
            "everything",
            "read",
            "created",
            "updated",
            "unchanged",
            "skipped",
            "failed",
            "passed_on",
            "vanished",
            "calls",
            "wait_reason",
            "message",
            "created_at",
            "started_at",
            "progress_at",
            "ended_at",
        )
        read_only_fields = fields


class Asked(serializers.Serializer[Any]):
    """The reads that were asked for; look at each under `/runs/`."""

    runs = RunShape(many=True, read_only=True)


class Full(Strict):
    """How much a full sync does."""

    resend = serializers.BooleanField(
        default=False,
        help_text="Also write again what the targets are believed to have.",
    )


class Counted(serializers.Serializer[Any]):
    """How many rows that concerned; `more`: there are others, ask once more."""

    count = serializers.IntegerField(min_value=0)
    more = serializers.BooleanField()
