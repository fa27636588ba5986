"""Hands a platform's picture to whoever was given its signed address.

Nobody is signed in here and no cookie is read or set: the signature is the proof. An
address that Weft did not sign, a picture that is not there any more and what is no
picture are 404; 503 says when to come again.
"""

from __future__ import annotations

import math

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from integration.contract.pictures import kind_of
from integration.engine import pictures
from integration.errors import BadConfig, Permanent, SyncFailure

# What every browser and shop shows. No SVG: it may carry a script.
SERVED = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
MOST_BYTES = 20_000_000
# Seconds until a next try where nothing tells.
PATIENCE = 60
# A picture drawn anew has another address, so this one may be kept for good.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@require_safe
def picture(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The picture of a signed address, its type told by its own bytes."""
    asked = pictures.asked(token, name)
    if asked is None:
        return HttpResponseNotFound()
    try:
        body = pictures.fetch(asked).body
    except (BadConfig, DatabaseError):
        return _later(PATIENCE)
    except Permanent:
        return HttpResponseNotFound()
    except SyncFailure as failure:
        return _later(getattr(failure, "after", None) or PATIENCE)
    kind = kind_of(body)
    if kind not in SERVED or len(body) > MOST_BYTES:
        return HttpResponseNotFound()
    return HttpResponse(body, content_type=kind, headers=HEADERS)


def _later(seconds: float) -> HttpResponse:
    """It cannot be had now; so many seconds bring the next chance."""
    headers = {"Retry-After": str(math.ceil(seconds)), "Cache-Control": "no-store"}
    return HttpResponse(status=503, headers=headers)
