"""Keys programs come in with: made, checked, counted, revoked, and their answers kept.

A key is `weft_<prefix>_<secret>`. The prefix is what people know it by; of the whole
key only a digest is stored.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from integration.http.redact import remember
from integration.models import ApiKey, KeptAnswer, Scope, Tenant
from synclog import journal

Person = User | None
SHAPE = re.compile(r"weft_([0-9a-f]{12})_([\w-]{43})", re.ASCII)
# Between two notes of when a key was used.
USED_EVERY = timedelta(minutes=1)
ANSWERS_KEPT = timedelta(days=1)
# Answers forgotten in one go.
SLICE = 1_000


class Rate(NamedTuple):
    """How far a key has come in this minute: calls it may make in one, those left, and
    seconds until the next."""

    allowed: bool
    most: int
    left: int
    seconds: int


def issue(
    tenant: Tenant,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    user: Person = None,
) -> tuple[ApiKey, str]:
    """A new key of a merchant's, and its text, which nobody can be told again.

    ValueError where a scope is unknown or none is given.
    """
    chosen = sorted({Scope(scope).value for scope in scopes})
    if not chosen:
        raise ValueError("a key without a scope opens nothing")
    prefix = secrets.token_hex(6)
    text = f"weft_{prefix}_{secrets.token_urlsafe(32)}"
    remember(text)
    with transaction.atomic():
        key = ApiKey.everywhere.create(
            tenant=tenant,
            name=name,
            prefix=prefix,
            digest=ApiKey.digest_of(text),
            scopes=chosen,
            created_by=user,
            expires_at=expires_at,
        )
        after = {"scopes": chosen, "expires_at": expires_at}
        journal.audit(tenant, "key_issued", str(key), user=user, after=after)
    return key, text


def revoke(key: ApiKey, user: Person = None) -> bool:
    """The key opens nothing from now on; False: it was revoked before."""
    with transaction.atomic():
        standing = ApiKey.everywhere.filter(pk=key.pk, revoked_at=None)
        revoked = bool(standing.update(revoked_at=timezone.now()))
        if revoked:
            journal.audit(key.tenant_id, "key_revoked", str(key), user=user)
    return revoked


def check(text: str) -> ApiKey | None:
    """The key in force whose text this is, with its tenant; None: there is none."""
    found = SHAPE.fullmatch(text)
    key = None
    if found is not None:
        key = _usable().filter(prefix=found[1]).select_related("tenant").first()
    stored = bytes(key.digest) if key is not None else bytes(32)
    if not hmac.compare_digest(ApiKey.digest_of(text), stored) or key is None:
        return None
    _note_use(key)
    return key


def _usable() -> QuerySet[ApiKey]:
    """Keys in force, of merchants that are switched on."""
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiKey.everywhere.filter(alive, revoked_at=None, tenant__active=True)


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is not None and key.last_used_at > now - USED_EVERY:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
    ApiKey.everywhere.filter(long_ago, pk=key.pk).update(last_used_at=now)


def count(key: ApiKey) -> Rate:
    """Count one call of a key. Exact whatever the number of processes: the key's row
    stays locked from the count to the answer."""
    now = time.time()
    minute = int(now // 60)
    mine = ApiKey.everywhere.filter(pk=key.pk)
    with transaction.atomic():
        mine.update(
            calls=Case(When(minute=minute, then=F("calls") + 1), default=Value(1)),
            minute=minute,
        )
        calls = mine.values_list("calls", flat=True).first() or 1
    seconds = max(1, int((minute + 1) * 60 - now))
    most = settings.WEFT_API_PER_MINUTE
    return Rate(calls <= most, most, max(0, most - calls), seconds)


def forget_answers() -> int:
    """Drop the oldest answers that were kept for a day; how many, a slice at most."""
    old = KeptAnswer.everywhere.filter(created_at__lt=timezone.now() - ANSWERS_KEPT)
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:SLICE])
    return KeptAnswer.everywhere.filter(pk__in=keys).delete()[0]
