"""How a log line is written: as text or as JSON, always with what it belongs to.

Loaded with the settings, before any model may be: what is under way is asked for only
once the module that knows it has been loaded.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from integration.http.redact import redact

TRACE = "integration.models.trace"
BELONGS_TO = ("tenant", "connection", "run", "request_id")
# Parts of a path that let somebody in, by what stands before them.
_TOKENS = re.compile(
    r"(?i)(/(?:hooks/\d+|pictures|doors|join|invitations?|unsubscribe|mute)/)[^/\s?]+"
)
# Nothing but a token is so long without a pause; ids of rows have dashes.
_LONG = re.compile(r"(?<=/)[A-Za-z0-9_:=.-]{24,}(?=/|$)")
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def belongs_to() -> dict[str, Any]:
    """Tenant, connection, run and request under way in this thread, where known."""
    module = sys.modules.get(TRACE)
    trace = module.current() if module else None
    if trace is None:
        return {}
    found = {name: getattr(trace, name) for name in BELONGS_TO}
    return {name: value for name, value in found.items() if value}


def masked_path(path: str) -> str:
    """A path without the parts of it that are as good as a password."""
    path = _TOKENS.sub(r"\1***", path)
    return _LONG.sub(lambda part: part[0] if _UID.fullmatch(part[0]) else "***", path)


class PathFilter(logging.Filter):
    """Masks tokens in the paths that the framework's own lines tell."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always lets it pass."""
        request = record.__dict__.pop("request", None)
        path = getattr(request, "path", "")
        if path and masked_path(path) != path:
            record.msg = record.getMessage().replace(path, masked_path(path))
            record.args = None
        return True


class Lines(logging.Formatter):
    """Text: the line, and in brackets what it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        known = " ".join(f"{name}={value}" for name, value in belongs_to().items())
        line = super().format(record)
        if not known:
            return line
        first, *rest = line.split("\n", 1)
        return "\n".join([f"{first} [{known}]", *rest])


class JsonLines(JsonFormatter):
    """JSON: one object a line, what it belongs to among its fields."""

    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, "request", "server_time"],
        )

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """The traceback, masked: it is written anew from the exception itself."""
        return redact(str(super().formatException(ei)))

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        """The record's own fields, and what it belongs to."""
        super().add_fields(log_data, record, message_dict)
        log_data |= belongs_to()
