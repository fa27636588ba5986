"""A person's way to a platform's own sign-in and back, for the wizard and for new
credentials."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.urls import reverse

from integration.contract.connector import Connector
from integration.dashboard.access import MemberRequest
from integration.engine import consent
from integration.models import Connection, Consent, Grant
from integration.web import begun


def begin(
    request: MemberRequest, connection: Connection, connector: Connector, back: str
) -> dict[str, object]:
    """What the page that leads there shows: `url`, the platform's own page, and for how
    many minutes it `lasts`. Whoever signs in lands on the page named `back`, with
    `consent` in its address. Raises `BadConfig`, naming the setting that is missing."""
    asked = consent.begin(
        request.tenant,
        connector,
        connection.settings,
        connection.label,
        user=request.user,
        bound=True,
    )
    page = reverse(back, args=[request.tenant.slug, connection.pk])
    begun.remember(request, asked.consent.state, f"{page}?consent={asked.consent.uid}")
    return {"url": asked.url, "lasts": int(consent.LASTS.total_seconds() // 60)}


def given(request: MemberRequest, platform: str, uid: str) -> Grant | None:
    """What this person's own sign-in at a platform opened; None where it opened
    nothing."""
    try:
        answered = (
            Consent.objects.for_tenant(request.tenant)
            .filter(platform=platform, asked_by=request.user, uid=uid)
            .exclude(grant=None)
            .select_related("grant")
            .first()
        )
    except ValidationError:
        return None
    return answered.grant if answered else None
