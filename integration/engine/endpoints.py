"""Merchants' own addresses for events: add, change, sign anew, test, send again.

Whatever a person does here is noted in the audit, without secrets.
"""

from __future__ import annotations

import secrets
import uuid
from base64 import b64encode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integration.errors import BadConfig
from integration.http.guard import AddressGuard
from integration.http.redact import address
from integration.models import Endpoint, Priority, Tenant
from synclog import events, journal, webhooks
from synclog.events import CHOICES, Happening
from synclog.models import Notice, NoticeState

# So many addresses a merchant may have, and so long a former secret still signs.
MOST = 10
FORMER_LASTS = timedelta(hours=24)
URL_LIMIT, DESCRIPTION_LIMIT = 500, 200
Person = User | None


class Refused(ValueError):
    """What was asked for cannot be; `field` names the entry to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def add(
    tenant: Tenant,
    url: str,
    chosen: Collection[str],
    *,
    description: str = "",
    user: Person = None,
) -> tuple[Endpoint, str]:
    """A new address and the secret it verifies with, which is shown this once.

    Raises Refused for an unfit address, unknown events, or too many addresses.
    """
    url = checked(url)
    wanted = _known(chosen)
    secret = _new_secret()
    with transaction.atomic():
        Tenant.objects.select_for_update().only("pk").get(pk=tenant.pk)
        if Endpoint.everywhere.filter(tenant=tenant).count() >= MOST:
            words = _("There are %(most)s addresses already; remove one.")
            raise Refused("url", words % {"most": MOST})
        endpoint = Endpoint.everywhere.create(
            tenant=tenant,
            url=url,
            events=wanted,
            description=description[:DESCRIPTION_LIMIT],
            secrets={"signing": secret},
        )
        _note(endpoint, "endpoint_added", user, after=_told(endpoint))
    return endpoint, secret


def change(
    endpoint: Endpoint,
    *,
    url: str,
    chosen: Collection[str],
    description: str,
    user: Person = None,
) -> None:
    """Another address, other events, another description. Raises Refused."""
    before = _told(endpoint)
    endpoint.url = checked(url) if url != endpoint.url else url
    endpoint.events = _known(chosen)
    endpoint.description = description[:DESCRIPTION_LIMIT]
    if _told(endpoint) == before:
        return
    endpoint.save(update_fields=["url", "events", "description"])
    _note(endpoint, "endpoint_changed", user, before, _told(endpoint))


def switch(endpoint: Endpoint, on: bool, user: Person = None) -> None:
    """On: told from now on. Off: nothing more, not even what is owed."""
    with transaction.atomic():
        changed = Endpoint.everywhere.filter(pk=endpoint.pk, enabled=not on).update(
            enabled=on, failing_since=None
        )
        if not changed:
            return
        endpoint.enabled, endpoint.failing_since = on, None
        if not on:
            webhooks.drop(endpoint, timezone.now())
        verb = "endpoint_switched_on" if on else "endpoint_switched_off"
        _note(endpoint, verb, user)


def remove(endpoint: Endpoint, user: Person = None) -> None:
    """The address goes, with all that was sent there."""
    with transaction.atomic():
        _note(endpoint, "endpoint_removed", user, before=_told(endpoint))
        endpoint.delete()


def rotate(endpoint: Endpoint, user: Person = None) -> str:
    """A new secret, shown this once; for a day both sign, so that nothing is missed."""
    secret = _new_secret()
    until = timezone.now().astimezone(UTC) + FORMER_LASTS
    endpoint.secrets = {
        "signing": secret,
        "former": endpoint.secrets["signing"],
        "former_until": until.isoformat(),
    }
    endpoint.save(update_fields=["secrets"])
    _note(endpoint, "endpoint_secret_replaced", user)
    return secret


def former_until(endpoint: Endpoint) -> datetime | None:
    """Until when the secret before still signs; None: it does no more."""
    told = endpoint.secrets.get("former_until", "")
    until = datetime.fromisoformat(told) if told else None
    return until if until and until > timezone.now() else None


def ping(endpoint: Endpoint, user: Person = None) -> Notice:
    """Owe a test event, whatever events were chosen; it goes before all others."""
    now = timezone.now()
    data = dict(events.SORTS["ping"].example)
    notice = events.notice(endpoint, Happening("ping", uuid.uuid4().hex, data), now)
    notice.priority = Priority.SALE
    notice.save()
    _note(endpoint, "endpoint_tested", user)
    return notice


def resend(notice: Notice, user: Person = None) -> bool:
    """Owe one event anew, by its own id; False where it is owed already, or its
    address is off."""
    endpoint = notice.endpoint
    if endpoint is None or not endpoint.enabled:
        return False
    over = (NoticeState.SENT, NoticeState.GAVE_UP, NoticeState.DROPPED)
    waiting = NoticeState.FAILED
    again = Notice.everywhere.filter(pk=notice.pk, state__in=(*over, waiting)).update(
        state=NoticeState.PLANNED,
        attempts=0,
        crashes=0,
        not_before=timezone.now(),
        ended_at=None,
        message="",
    )
    if again:
        _note(endpoint, "event_sent_again", user, after={"event": notice.template})
    return bool(again)


def checked(url: str) -> str:
    """The address, if Weft may call it. Raises Refused, naming the field "url"."""
    url = url.strip()
    if len(url) > URL_LIMIT:
        words = _("The address is longer than %(most)s characters.")
        raise Refused("url", words % {"most": URL_LIMIT})
    guard = AddressGuard(webhooks.rules())
    try:
        guard.check(url)
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        guard.addresses(parts.hostname or "", port, secure)
    except BadConfig as unfit:
        words = unfit.message.replace("; it was not called", "")
        hint = _("Enter an https address on the open internet.")
        raise Refused("url", f"{words} {hint}") from None
    except OSError:
        words = _("No such address is known; check its name.")
        raise Refused("url", words) from None
    except UnicodeError:
        words = _("The address cannot be read; check it for typing errors.")
        raise Refused("url", words) from None
    return url


def _known(chosen: Collection[str]) -> list[str]:
    unknown = sorted(set(chosen).difference(CHOICES))
    if unknown:
        words = _("There is no event %(name)s.")
        raise Refused("events", words % {"name": unknown[0]})
    if not chosen:
        raise Refused("events", _("Choose at least one event."))
    return [name for name in CHOICES if name in chosen]


def _new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"


def _told(endpoint: Endpoint) -> dict[str, Any]:
    """What the audit tells of an address: what stands in its query may be secret."""
    return {
        "url": address(endpoint.url),
        "events": list(endpoint.events),
        "description": endpoint.description,
    }


def _note(
    endpoint: Endpoint,
    verb: str,
    user: Person,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    subject = address(endpoint.url)
    journal.audit(
        endpoint.tenant_id, verb, subject, user=user, before=before, after=after
    )
