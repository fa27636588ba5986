"""Does a write with an `Idempotency-Key` once, and answers its repeats with what the
first was answered.

A refused request has done nothing, so only answers of success are kept. The answer is
kept after the deed: where a process dies between the two, the request may be sent again
after `DEAD_AFTER`, which does again what may be done twice.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from integration.api.problems import Refused
from integration.models import ApiKey, KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 200
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# No request takes longer: the web server ends it before.
DEAD_AFTER = timedelta(minutes=2)
KEPT_HEADERS = ("Content-Type", "Location")


class Replayed(Exception):
    """The request was done before; `answer` is what it was answered."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def begin(request: Request) -> KeptAnswer | None:
    """Where the answer of this write will be kept; None: nobody asked for that.

    Replayed where there is one; Refused where the first is under way (409) or was
    another request (422).
    """
    name = request.headers.get(HEADER)
    if name is None or request.method not in WRITES:
        return None
    if not (0 < len(name) <= LONGEST and name.isascii() and name.isprintable()):
        message = f"1 to {LONGEST} visible ASCII characters, new for every new request."
        raise ValidationError({HEADER: message})
    key: ApiKey = request.auth  # type: ignore[assignment]
    mine = KeptAnswer.objects.for_tenant(key.tenant).filter(api_key=key)
    digest = _digest(request)
    try:
        with transaction.atomic():
            return mine.create(
                tenant=key.tenant,
                api_key=key,
                idempotency_key=name,
                digest=digest,
            )
    except IntegrityError:
        standing = mine.filter(idempotency_key=name).first()
    if standing is not None and bytes(standing.digest) != digest:
        raise Refused(
            422,
            "key_reused",
            "Another request was sent with this key.",
            field=HEADER,
        )
    if standing is not None and standing.status:
        raise Replayed(_answer(standing))
    now = timezone.now()
    dead = mine.filter(
        idempotency_key=name, status=None, created_at__lt=now - DEAD_AFTER
    )
    if standing is not None and dead.update(created_at=now):
        return standing
    raise Refused(409, "under_way", "The first one has no answer yet.", field=HEADER)


def keep(kept: KeptAnswer, response: HttpResponseBase) -> None:
    """Keep the answer of a write that succeeded; of another, that there was none."""
    row = KeptAnswer.objects.for_tenant(kept.tenant_id).filter(pk=kept.pk)
    if not 200 <= response.status_code < 300:
        row.delete()
        return
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.update(
        status=response.status_code,
        headers=headers,
        body=getattr(response, "content", b""),
    )


def _digest(request: Request) -> bytes:
    plain = request._request
    head = f"{plain.method}\n{plain.get_full_path()}\n"
    return sha256(head.encode() + plain.body).digest()


def _answer(kept: KeptAnswer) -> HttpResponse:
    answer = HttpResponse(bytes(kept.body or b""), status=kept.status)
    del answer.headers["Content-Type"]
    for name, value in {**kept.headers, REPLAYED: "true"}.items():
        answer.headers[name] = value
    return answer
