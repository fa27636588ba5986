"""The words of a mail: subjects that state a fact, and what the templates show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.canonical.kinds import MADE_OF, SALES, Kind
from integration.models import Connection, DeliveryState, Endpoint, Tenant
from synclog.cleaning import clean
from synclog.models import ErrorGroup, SyncError
from synclog.nouns import many, one
from synclog.problem import words
from synclog.quiet import zone_of
from synclog.saying import said

SUBJECT_LIMIT = 200
REASON_LIMIT = 90
REASONS = {
    "unreachable": gettext_lazy("no answer from there"),
    "outcome_unknown": gettext_lazy("it may be there already"),
    "bad_credentials": gettext_lazy("credentials refused"),
    "missing_link": gettext_lazy("%(field)s unknown"),
}

MUTE = "synclog.mute"
# A write in one of these goes again when its time has come.
TRIED_AGAIN = (DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.REFUSED)

Context = dict[str, Any]


def subject_line(text: str) -> str:
    """A mail's subject: one line, no control characters, not too long."""
    return clean(text, SUBJECT_LIMIT)


def headline(group: ErrorGroup, errors: Sequence[SyncError], total: int) -> str:
    """The fact: "Order 1042 not posted to Crystal: product unknown"."""
    return f"{_fact(group, errors, total)}: {_reason(group, errors)}"


def listing(
    group: ErrorGroup, errors: Sequence[SyncError], total: int, still_open: int
) -> Context:
    """One group as the templates show it. `errors` are the first of `total`."""
    return {
        "headline": headline(group, errors, total),
        "hint": said(errors[0].hint) if errors else "",
        "items": [
            {"name": _name(error), "message": said(error.message)} for error in errors
        ],
        "more": total - len(errors),
        "still_open": still_open,
        "link": errors_link(group),
        "mute": mute_link(group),
        "next": _next_try(group, errors),
    }


def errors_link(group: ErrorGroup) -> str:
    """Where the open errors of a group are shown."""
    slug = group.connection.tenant.slug
    return f"{settings.WEFT_PUBLIC_URL}/t/{slug}/errors/group/{group.key}/"


def mute_link(group: ErrorGroup) -> str:
    """Where whoever got the mail ends mail about this group, without signing in."""
    token = signing.dumps(group.key, salt=MUTE)
    return f"{settings.WEFT_PUBLIC_URL}/mute/{token}/"


def muted_key(token: str) -> str | None:
    """The key of the group such a link is about; None: nobody was sent it."""
    try:
        return str(signing.loads(token, salt=MUTE))
    except signing.BadSignature:
        return None


def alerts_link(tenant: Tenant) -> str:
    """Where a merchant chooses what it is told."""
    return f"{settings.WEFT_PUBLIC_URL}/t/{tenant.slug}/settings/alerts/"


def connection_link(connection: Connection) -> str:
    """Where a connection is shown."""
    page = f"/t/{connection.tenant.slug}/connections/{connection.pk}/"
    return f"{settings.WEFT_PUBLIC_URL}{page}"


def endpoint_link(endpoint: Endpoint) -> str:
    """Where an address of the merchant's own is shown."""
    page = f"/t/{endpoint.tenant.slug}/webhooks/out/{endpoint.pk}/"
    return f"{settings.WEFT_PUBLIC_URL}{page}"


def _fact(group: ErrorGroup, errors: Sequence[SyncError], total: int) -> str:
    connection = group.connection.label
    if group.kind == Kind.SETTING:
        return connection
    if total == 1 and errors:
        what = f"{one(group.kind)} {_name(errors[0])}"
    elif total:
        what = f"{total} {many(group.kind).lower()}"
    else:
        what = many(group.kind)
    named = {"what": what, "connection": connection}
    if errors and all(error.run_id and not error.delivery_id for error in errors):
        return _("%(what)s not read from %(connection)s") % named
    if group.kind in SALES:
        return _("%(what)s not posted to %(connection)s") % named
    return _("%(what)s not written to %(connection)s") % named


def _next_try(group: ErrorGroup, errors: Sequence[SyncError]) -> str:
    """When Weft tries the first of them again by itself, on the merchant's clock."""
    tries = [
        error.next_at  # type: ignore[attr-defined]
        for error in errors
        if error.next_state in TRIED_AGAIN  # type: ignore[attr-defined]
    ]
    coming = [at for at in tries if at and at > timezone.now()]
    if not coming:
        return ""
    first = timezone.localtime(min(coming), zone_of(group.connection.tenant))
    return f"{first:%Y-%m-%d %H:%M}"


def _reason(group: ErrorGroup, errors: Sequence[SyncError]) -> str:
    """The shortest true reason: of the code, or what the first of them says."""
    if group.code in REASONS:
        field = one(group.field).lower() if group.field else _("partner")
        return str(REASONS[group.code]) % {"field": field}
    message = said(errors[0].message) if errors else words(group.code)
    return clean(message.partition(". ")[0].rstrip("."), REASON_LIMIT)


def _name(error: SyncError) -> str:
    """What the thing is called; "of order 81" for what is made of an order."""
    named = error.label or error.external_id
    source = MADE_OF.get(Kind(error.kind))
    if source and named.lower().startswith(words(source)):
        return _("of %(thing)s") % {"thing": f"{named[:1].lower()}{named[1:]}"}
    return named
