"""Every error as a problem document (RFC 9457) that says what is wrong, which field,
and the way out."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.views import set_rollback

from integration.models import trace

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
Row = dict[str, str]
# By code: the title, and the way out where the error itself brings none.
TITLES: dict[str, tuple[str, str]] = {
    "invalid": (
        "The request is not valid",
        "Correct the fields named in `errors` and send it again.",
    ),
    "parse_error": ("The body is not JSON", "Send a JSON body in UTF-8."),
    "not_authenticated": (
        "A key is needed",
        "Send `Authorization: Bearer weft_…` with a key from Settings, API keys.",
    ),
    "authentication_failed": (
        "The key opens nothing",
        "Make a new key under Settings, API keys, and send that one.",
    ),
    "permission_denied": (
        "The key may not do this",
        "Ask an admin for a key that has this scope.",
    ),
    "not_found": (
        "There is nothing here",
        "Check the address and its ids; every address ends with a slash.",
    ),
    "method_not_allowed": (
        "This address does not know the method",
        "Use one of the methods named in `Allow`.",
    ),
    "not_acceptable": ("Only JSON is spoken here", "Send `Accept: application/json`."),
    "unsupported_media_type": (
        "The body must be JSON",
        "Send `Content-Type: application/json`.",
    ),
    "throttled": (
        "Too many calls in this minute",
        "Wait for as many seconds as `Retry-After` says, then go on.",
    ),
    "conflict": (
        "Not as things stand",
        "See what has changed meanwhile, and ask again if it is still wanted.",
    ),
    "under_way": (
        "The same request is still under way",
        "Ask again in some seconds with the same `Idempotency-Key`.",
    ),
    "key_reused": (
        "This Idempotency-Key belongs to another request",
        "Use a new `Idempotency-Key` for every new request.",
    ),
    "too_large": ("The body is too large", "Send it in several requests."),
    "error": ("Weft made a mistake", "Try again; if it stays, tell the request id."),
    "busy": ("Weft is busy", "Ask again in some seconds."),
}


class Refused(exceptions.APIException):
    """A request that is well formed and cannot be done, with a code of `TITLES`."""

    def __init__(
        self, status: int, code: str, detail: str, *, hint: str = "", field: str = ""
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.hint = hint
        self.field = field


def answer_to(failure: Exception, context: dict[str, Any]) -> JsonResponse:
    """The answer to whatever went wrong in a view; what nobody foresaw is logged."""
    set_rollback()
    request = context["request"]._request
    if isinstance(failure, Http404):
        failure = exceptions.NotFound()
    elif isinstance(failure, PermissionDenied):
        failure = exceptions.PermissionDenied()
    elif isinstance(failure, RequestDataTooBig):
        failure = Refused(413, "too_large", "A body may have 5 MB.")
    if isinstance(failure, exceptions.APIException):
        return _told(request, failure)
    if isinstance(failure, OperationalError | InterfaceError):
        logger.warning("the database did not answer: %s", failure)
        answer = problem(request, 503, "busy", "The database does not answer.")
        answer.headers["Retry-After"] = "5"
        return answer
    _log(failure)
    return problem(request, 500, "error", "It has been noted.")


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    *,
    hint: str = "",
    errors: list[Row] | None = None,
) -> JsonResponse:
    """A problem document as an answer."""
    title, way_out = TITLES.get(code, TITLES["invalid"])
    under_way = trace.current()
    told = {
        "type": f"urn:weft:problem:{code.replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "hint": hint or way_out,
        "instance": request.path,
        "request_id": under_way.request_id if under_way else "",
        "errors": errors or [],
    }
    return JsonResponse(told, status=status, content_type=MEDIA_TYPE)


@csrf_exempt
def no_such_address(request: HttpRequest, rest: str = "") -> JsonResponse:
    """What every address of the API that means nothing answers."""
    return problem(request, 404, "not_found", "No operation has this address.")


def _told(request: HttpRequest, failure: exceptions.APIException) -> JsonResponse:
    if isinstance(failure, exceptions.ValidationError):
        rows = list(_fields(failure.detail))
        detail = "; ".join(
            f"{row['field']}: {row['message']}" if row["field"] else row["message"]
            for row in rows[:3]
        )
        return problem(request, 400, "invalid", detail, errors=rows)
    code = str(failure.default_code)
    field = ""
    if isinstance(failure, Refused):
        code, field = str(failure.get_codes()), failure.field
    detail = str(failure.detail)
    errors = [{"field": field, "code": code, "message": detail}] if field else []
    answer = problem(
        request,
        failure.status_code,
        code,
        detail,
        hint=getattr(failure, "hint", ""),
        errors=errors,
    )
    if header := getattr(failure, "auth_header", None):
        answer.headers["WWW-Authenticate"] = header
    if (wait := getattr(failure, "wait", None)) is not None:
        answer.headers["Retry-After"] = str(math.ceil(wait))
    return answer


def _fields(detail: Any, at: str = "") -> Iterator[Row]:
    """What a validation found, one row per field: `errors[3].external_id`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if name == "non_field_errors":
                yield from _fields(inner, at)
            elif isinstance(name, int):
                yield from _fields(inner, f"{at}[{name}]")
            else:
                yield from _fields(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            deeper = isinstance(inner, dict | list)
            yield from _fields(inner, f"{at}[{place}]" if deeper else at)
    else:
        code = str(getattr(detail, "code", "invalid"))
        yield {"field": at, "code": code, "message": str(detail)}


def _log(failure: Exception) -> None:
    kind = "the database refused" if isinstance(failure, DatabaseError) else "a fault"
    logger.error("%s: %s", kind, type(failure).__name__, exc_info=failure)
