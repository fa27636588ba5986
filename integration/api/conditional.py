"""Answers a read with 304 where the client has the same answer already."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.request import Request

READS = frozenset({"GET", "HEAD"})


def unchanged_or(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with its ETag, or 304 without a body; other answers as they are.

    The tag is strong: equal bytes, equal tag. What is answered is a merchant's own, so
    nobody on the way may keep it, and the client asks each time.
    """
    if request.method not in READS or response.status_code != 200:
        return response
    if not isinstance(response, HttpResponse):
        return response
    tag = f'"{sha256(response.content).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or any(each.removeprefix("W/") == tag for each in known):
        response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept, Authorization"
    return response
