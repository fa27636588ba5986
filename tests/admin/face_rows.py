"""Makes rows of what belongs to the faces: keys, invitations, addresses of events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone

from integration.models import ApiKey, Endpoint, Invitation, KeptAnswer, Tenant
from synclog.models import Retry

HOSTILE = "<script>alert(1)</script><svg onload=alert(2)>"
# What no page may ever show.
CANARY = "canary-5b1e7c9a"
BODY = (
    b'{"name": "Mug", "price": 12.90, "api_token": "%s", "password": "two %s words"}'
    % (CANARY.encode(), CANARY.encode())
)


class FaceRows:
    """Rows of one merchant's keys and addresses."""

    tenant: Tenant

    def next(self) -> int:
        """A number that was not used yet."""
        raise NotImplementedError

    def users(self) -> User:
        """Somebody who signs in."""
        raise NotImplementedError

    def api_keys(self) -> ApiKey:
        number = self.next()
        return ApiKey.everywhere.create(
            tenant=self.tenant,
            name=f"Till {HOSTILE}",
            prefix=f"{number:012x}",
            digest=ApiKey.digest_of(f"{CANARY}{number}"),
            scopes=["read", "sync"],
        )

    def kept_answers(self) -> KeptAnswer:
        return KeptAnswer.everywhere.create(
            tenant=self.tenant,
            api_key=self.api_keys(),
            idempotency_key=f"{HOSTILE}{self.next()}",
            digest=b"0" * 32,
            status=202,
            headers={"Location": CANARY},
            body=BODY,
        )

    def endpoints(self) -> Endpoint:
        return Endpoint.everywhere.create(
            tenant=self.tenant,
            url=f"https://a.example.com/{self.next()}?key={CANARY}",
            description=HOSTILE,
            events=["error.opened"],
            secrets={"signing": CANARY},
        )

    def invitations(self) -> Invitation:
        number = self.next()
        return Invitation.everywhere.create(
            tenant=self.tenant,
            email=f"new{number}@example.com",
            digest=number.to_bytes(32, "big"),
            invited_by=self.users(),
            expires_at=timezone.now() + timedelta(days=7),
        )

    def retries(self) -> Retry:
        filters = {"code": HOSTILE, "token": CANARY}
        return Retry.everywhere.create(
            tenant=self.tenant, filters=filters, total=200, user=self.users()
        )


FACES: dict[type[Model], Callable[[Any], Model]] = {
    ApiKey: FaceRows.api_keys,
    Endpoint: FaceRows.endpoints,
    Invitation: FaceRows.invitations,
    KeptAnswer: FaceRows.kept_answers,
    Retry: FaceRows.retries,
}
