"""What a merchant wishes to be told by mail, and how: at once, once a day, or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from integration.canonical.kinds import SALES
from integration.models import Member, Role, Tenant


class Event(StrEnum):
    """What mail is about: a sale that did not arrive, any other problem, Weft's last
    try, the end of a problem, and a connection lost or found again."""

    SALE = "sale"
    PROBLEM = "problem"
    GAVE_UP = "gave_up"
    RECOVERED = "recovered"
    CONNECTION = "connection"


class Wish(StrEnum):
    """How it is told."""

    NOW = "now"
    DIGEST = "digest"
    OFF = "off"


# What may be chosen for each; what ends a matter is of no use a day later.
CHOICES: Mapping[Event, Sequence[Wish]] = {
    Event.SALE: (Wish.NOW, Wish.DIGEST, Wish.OFF),
    Event.PROBLEM: (Wish.NOW, Wish.DIGEST, Wish.OFF),
    Event.GAVE_UP: (Wish.NOW, Wish.OFF),
    Event.RECOVERED: (Wish.NOW, Wish.OFF),
    Event.CONNECTION: (Wish.NOW, Wish.OFF),
}


class Reader(NamedTuple):
    """An address, and what whoever reads there does not want to hear of."""

    email: str
    unwanted: frozenset[str]


def wish(tenant: Tenant, event: Event) -> Wish:
    """How the merchant wishes to be told of this; without a word of theirs, problems
    other than sales wait for the digest."""
    chosen = tenant.alerts.get(event)
    if chosen in CHOICES[event]:
        return Wish(chosen)
    return Wish.DIGEST if event is Event.PROBLEM else Wish.NOW


def event_of(kind: str) -> Event:
    """What a problem with a thing of this kind counts as."""
    return Event.SALE if kind in SALES else Event.PROBLEM


def readers(tenants: Iterable[Tenant]) -> dict[int, list[Reader]]:
    """Whom each merchant's mail goes to: its own address, its owners and admins.

    By tenant id, in one statement; empty where no address is known or none could stand
    in a mail.
    """
    found: dict[int, dict[str, Reader]] = defaultdict(dict)
    for tenant in tenants:
        found[tenant.pk] |= _valid(tenant.email, ())
    people = Member.objects.filter(
        tenant__in=found, role__in=(Role.ADMIN, Role.OWNER), user__is_active=True
    )
    rows = people.order_by("pk").values_list("tenant_id", "user__email", "unwanted")
    for tenant_id, email, unwanted in rows:
        for key, reader in _valid(email, unwanted).items():
            found[tenant_id].setdefault(key, reader)
    return {tenant_id: list(unique.values()) for tenant_id, unique in found.items()}


def who_wants(found: Iterable[Reader], event: Event) -> list[str]:
    """The addresses of those who want to hear of it."""
    return [reader.email for reader in found if event not in reader.unwanted]


def _valid(email: str, unwanted: Iterable[str]) -> dict[str, Reader]:
    try:
        validate_email(email)
    except ValidationError:
        return {}
    return {email.casefold(): Reader(email, frozenset(unwanted))}
