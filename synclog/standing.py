"""How each error group stands, and which mail that calls for now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q

from integration.canonical.kinds import SALES
from integration.models import Tenant
from synclog.models import ErrorGroup, ErrorState, Notice, SyncError
from synclog.quiet import digest_moment, quiet_end
from synclog.wishes import Event, Wish, event_of, wish

# Further failures of a group join one mail per so long.
JOINED = timedelta(hours=4)


class Mail(StrEnum):
    """What to tell of a group: the templates' names.

    A forgotten group was over before anybody was told: nothing to tell.
    """

    NONE = ""
    PROBLEMS = "problems"
    GAVE_UP = "gave_up"
    DIGEST = "digest"
    RECOVERED = "recovered"
    FORGOTTEN = "forgotten"


class Standing(NamedTuple):
    """A group and its open errors: how many, how many of them Weft gave up on, and
    since when one is untold.
    """

    group: ErrorGroup
    open: int
    gave_up: int
    untold_since: datetime | None

    @property
    def tenant(self) -> Tenant:
        """Whose it is."""
        return self.group.connection.tenant


def open_errors() -> Q:
    """What is open, of merchants who are active."""
    return Q(state=ErrorState.OPEN, tenant__active=True)


def waiting() -> set[str]:
    """Keys of the groups that may have something to tell; makes rows for new ones."""
    untold = list(
        SyncError.everywhere.filter(open_errors(), told_at=None)
        .values("tenant_id", "connection_id", "kind", "code", "field", "group")
        .order_by()
        .distinct()
    )
    keys = {row["group"] for row in untold}
    known = set(
        ErrorGroup.everywhere.filter(key__in=keys).values_list("key", flat=True)
    )
    fresh = [
        ErrorGroup(
            tenant_id=row["tenant_id"],
            connection_id=row["connection_id"],
            key=row["group"],
            kind=row["kind"],
            code=row["code"],
            field=row["field"],
        )
        for row in untold
        if row["group"] not in known
    ]
    if fresh:
        ErrorGroup.everywhere.bulk_create(fresh, ignore_conflicts=True)
    return keys | set(_changed_groups())


def _changed_groups() -> Iterable[str]:
    still_open = SyncError.everywhere.filter(
        state=ErrorState.OPEN, group=OuterRef("key")
    )
    over = ~Q(open_since=None) & ~Exists(still_open)
    given_up = Q(gave_up_told=False) & ~Q(gave_up_at=None)
    # Groups without a kind are lost connections, which are told on their own.
    return ErrorGroup.everywhere.filter(
        over | given_up, ~Q(kind=""), tenant__active=True
    ).values_list("key", flat=True)


def standings(keys: Collection[str], *, lock: bool = False) -> list[Standing]:
    """How these groups stand; with `lock`, held until the transaction ends."""
    groups = ErrorGroup.everywhere.filter(key__in=keys).order_by("pk")
    groups = groups.select_related("connection__tenant")
    if lock:
        groups = groups.select_for_update(of=("self",))
    locked = list(groups)
    counts = (
        SyncError.everywhere.filter(state=ErrorState.OPEN, group__in=keys)
        .values("group")
        .annotate(
            open=Count("pk"),
            gave_up=Count("gave_up_at"),
            untold_since=Min("first_at", filter=Q(told_at=None)),
        )
    )
    nothing = {"open": 0, "gave_up": 0, "untold_since": None}
    by_key = {row.pop("group"): row for row in map(dict, counts)}
    return [Standing(group, **by_key.get(group.key, nothing)) for group in locked]


def digest_episode(tenant: Tenant, now: datetime) -> str:
    """The name of the digest that was due last."""
    return f"digest:{tenant.pk}:{digest_moment(tenant, now):%Y-%m-%dT%H:%M}"


def decide(standing_of: Collection[Standing], now: datetime) -> dict[str, Mail]:
    """Which mail each group calls for now, by key; those without one are left out."""
    episodes = {
        digest_episode(standing.tenant, now)
        for standing in standing_of
        if not _urgent(standing)
    }
    sent = set(
        Notice.everywhere.filter(episode__in=episodes).values_list("episode", flat=True)
    )
    chosen = {
        standing.group.key: _mail(standing, sent, now) for standing in standing_of
    }
    return {key: mail for key, mail in chosen.items() if mail}


def _mail(standing: Standing, digests: set[str], now: datetime) -> Mail:
    group = standing.group
    if not standing.open and group.open_since is None:
        return Mail.FORGOTTEN
    last_try = standing.gave_up and group.gave_up_at and not group.gave_up_told
    if _silent(standing):
        news = last_try or standing.untold_since or not standing.open
        return Mail.FORGOTTEN if news else Mail.NONE
    if quiet_end(standing.tenant, now) is not None:
        alarm = standing.open and group.open_since is None and group.kind in SALES
        return _joined(standing, now) if alarm and _urgent(standing) else Mail.NONE
    if last_try and _wished(standing, Event.GAVE_UP):
        return Mail.GAVE_UP
    if not standing.open and not _wished(standing, Event.RECOVERED):
        return Mail.FORGOTTEN
    if not _urgent(standing):
        return _digest(standing, digests, now)
    return _joined(standing, now) if standing.open else Mail.RECOVERED


def _silent(standing: Standing) -> bool:
    """Whether nobody wants to hear of this group."""
    if standing.group.muted_at is not None:
        return True
    return wish(standing.tenant, event_of(standing.group.kind)) is Wish.OFF


def _wished(standing: Standing, event: Event) -> bool:
    return wish(standing.tenant, event) is not Wish.OFF


def _joined(standing: Standing, now: datetime) -> Mail:
    """A mail about what is untold, if the last one is long enough ago."""
    before = standing.group.mailed_at
    early = before is not None and now < before + JOINED
    return Mail.NONE if early or standing.untold_since is None else Mail.PROBLEMS


def _urgent(standing: Standing) -> bool:
    """Not for the digest, by the merchant's wish."""
    return wish(standing.tenant, event_of(standing.group.kind)) is Wish.NOW


def _digest(standing: Standing, digests: set[str], now: datetime) -> Mail:
    """Due where something happened before the last digest's hour and was not in it."""
    if digest_episode(standing.tenant, now) in digests:
        return Mail.NONE
    happened = standing.untold_since if standing.open else standing.group.mailed_at
    due = happened is not None and happened < digest_moment(standing.tenant, now)
    return Mail.DIGEST if due else Mail.NONE
