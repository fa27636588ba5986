"""Alerts: who is mailed about what, and when.

The first failure of a sale in an error group is mailed at once, quiet hours or not;
further ones join one mail per four hours. Giving up is mailed once per group. All else
waits for the daily digest and for the end of quiet hours. When a group that people
know of has no open error left, a note says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from integration.models import Connection, Endpoint, Priority, Tenant
from synclog import happened
from synclog.cleaning import clean
from synclog.couriers import claim_due, next_due, tell
from synclog.letters import Letter, compose, named
from synclog.mail import send
from synclog.models import ErrorGroup, ErrorState, Notice, NoticeState, SyncError
from synclog.models.error import LIVE_ERRORS, group_key
from synclog.problem import Problem, cleaned
from synclog.quiet import quiet_end
from synclog.standing import Mail, decide, standings, waiting
from synclog.wishes import Event, Wish, readers, who_wants, wish
from synclog.wording import connection_link, endpoint_link, subject_line

__all__ = [
    "claim_due",
    "connection_back",
    "connection_lost",
    "endpoint_off",
    "gave_up",
    "next_due",
    "plan_notices",
    "send",
    "tell",
]

LOST = "connection_lost"
BACK = "connection_back"
ENDPOINT_OFF = "endpoint_off"


def plan_notices(now: datetime | None = None) -> int:
    """Turn what people are to be told by now into notices; how many those are.

    A handful of statements whatever the number of errors. A merchant whom no address
    reaches stays untold until there is one.
    """
    now = now or timezone.now()
    first_look = _letters(waiting(), now, lock=False)
    if not first_look:
        return 0
    with transaction.atomic():
        # Another worker may have told them meanwhile: look again, holding them.
        letters = _letters({each.key for each in first_look}, now, lock=True)
        _mark_told(letters, now)
        to = readers(each.standing.tenant for each in letters)
        notices = compose(letters, named(letters, now), to, now)
        Notice.everywhere.bulk_create(notices, ignore_conflicts=True)
        _mark_mailed(letters, now)
    return len(notices)


def gave_up(
    connection: Connection, problems: Sequence[Problem], at: datetime | None = None
) -> None:
    """Weft will not try these again by itself. They must be open in the journal."""
    if not problems:
        return
    at = at or timezone.now()
    problems = [cleaned(problem) for problem in problems]
    SyncError.everywhere.filter(
        connection=connection,
        state__in=LIVE_ERRORS,
        kind__in={problem.kind for problem in problems},
        external_id__in={problem.external_id for problem in problems},
        code__in={problem.code for problem in problems},
    ).update(gave_up_at=at)
    groups = {
        group.key: group for group in (_group_of(connection, each) for each in problems)
    }
    ErrorGroup.everywhere.bulk_create(groups.values(), ignore_conflicts=True)
    ErrorGroup.everywhere.filter(key__in=groups, gave_up_at=None).update(gave_up_at=at)


def connection_lost(connection: Connection, now: datetime | None = None) -> None:
    """Its credentials are refused: mailed once, not gathered, after quiet hours."""
    now = now or timezone.now()
    to = _reached(connection.tenant)
    group = ErrorGroup(
        tenant_id=connection.tenant_id,
        connection=connection,
        key=group_key(connection.pk, "", LOST, ""),
        code=LOST,
    )
    with transaction.atomic():
        ErrorGroup.everywhere.bulk_create([group], ignore_conflicts=True)
        lost = ErrorGroup.everywhere.filter(key=group.key)
        if lost.filter(open_since=None).update(
            open_since=now, mailed_at=now, mails=F("mails") + 1
        ):
            mails = lost.get().mails
            happened.connection_lost(connection, mails, now)
            if to:
                fact = "refuses Weft's credentials, everything there waits"
                _note(connection, LOST, mails, fact, now, to)


def connection_back(connection: Connection, now: datetime | None = None) -> None:
    """Its credentials work again: closes the mail that said they did not."""
    now = now or timezone.now()
    lost = ErrorGroup.everywhere.filter(key=group_key(connection.pk, "", LOST, ""))
    with transaction.atomic():
        if not lost.exclude(open_since=None).update(open_since=None):
            return
        mails = lost.get().mails
        happened.connection_back(connection, mails, now)
        unsent = Notice.everywhere.filter(
            episode=_episode(connection, LOST, mails), state=NoticeState.PLANNED
        )
        if unsent.update(state=NoticeState.DROPPED, ended_at=now):
            return
        to = _reached(connection.tenant)
        if to:
            fact = "accepts Weft's credentials again"
            _note(connection, BACK, mails, fact, now, to)


def endpoint_off(endpoint: Endpoint, shown: str, gone: bool, now: datetime) -> None:
    """An address of the merchant's took nothing for days and is told nothing more.

    `shown` is the address without what may be secret in it; `gone`: it said itself
    that it wants no more.
    """
    tenant = endpoint.tenant
    to = _reached(tenant)
    if not to:
        return
    notice = Notice(
        tenant=tenant,
        episode=f"{ENDPOINT_OFF}:{endpoint.pk}:{now:%Y-%m-%dT%H:%M:%S}",
        template=ENDPOINT_OFF,
        subject=subject_line(f"Weft no longer sends events to {shown}"),
        context={
            "merchant": tenant.name,
            "url": shown,
            "gone": gone,
            "link": endpoint_link(endpoint),
        },
        to=to,
        priority=Priority.CHANGED,
        not_before=quiet_end(tenant, now) or now,
    )
    Notice.everywhere.bulk_create([notice], ignore_conflicts=True)


def _reached(tenant: Tenant) -> list[str]:
    """Who hears of a connection that is lost or back; nobody, if that is the wish."""
    if wish(tenant, Event.CONNECTION) is Wish.OFF:
        return []
    return who_wants(readers([tenant])[tenant.pk], Event.CONNECTION)


def _letters(keys: set[str], now: datetime, *, lock: bool) -> list[Letter]:
    """What to tell of these groups now, of merchants whom an address reaches."""
    if not keys:
        return []
    held = standings(keys, lock=lock)
    chosen = decide(held, now)
    if not chosen:
        return []
    to = readers({each.tenant for each in held})
    return [
        Letter(chosen[each.group.key], each)
        for each in held
        if each.group.key in chosen and to[each.tenant.pk]
    ]


def _mark_told(letters: list[Letter], now: datetime) -> None:
    gave_up = [each.key for each in letters if each.mail is Mail.GAVE_UP]
    rest = {each.key for each in letters}.difference(gave_up)
    SyncError.everywhere.filter(
        Q(group__in=rest) | Q(group__in=gave_up, gave_up_at__isnull=False),
        state=ErrorState.OPEN,
        told_at=None,
    ).update(told_at=now)


def _mark_mailed(letters: list[Letter], now: datetime) -> None:
    groups = ErrorGroup.everywhere
    told = [each for each in letters if each.mail is not Mail.FORGOTTEN]
    groups.filter(key__in=[each.key for each in told if not each.over]).update(
        mails=F("mails") + 1,
        mailed_at=now,
        open_since=Coalesce("open_since", now),
    )
    groups.filter(
        key__in=[
            each.key for each in letters if each.mail in (Mail.GAVE_UP, Mail.FORGOTTEN)
        ]
    ).update(gave_up_told=True)
    groups.filter(key__in=[each.key for each in letters if each.over]).update(
        open_since=None, gave_up_at=None, gave_up_told=False, muted_at=None
    )


def _group_of(connection: Connection, problem: Problem) -> ErrorGroup:
    kind, code, field = problem.kind, problem.code, problem.field
    return ErrorGroup(
        tenant_id=connection.tenant_id,
        connection=connection,
        key=group_key(connection.pk, kind, code, field),
        kind=kind,
        code=code,
        field=field,
    )


def _episode(connection: Connection, template: str, mails: int) -> str:
    return f"{template}:{connection.pk}:{mails}"


def _note(
    connection: Connection,
    template: str,
    mails: int,
    fact: str,
    now: datetime,
    to: list[str],
) -> None:
    notice = Notice(
        tenant_id=connection.tenant_id,
        episode=_episode(connection, template, mails),
        template=template,
        subject=subject_line(f"{connection.label} {fact}"),
        context={
            "merchant": connection.tenant.name,
            "connection": connection.label,
            "problem": clean(connection.problem, 1_000),
            "link": connection_link(connection),
        },
        to=to,
        priority=Priority.SALE,
        not_before=quiet_end(connection.tenant, now) or now,
    )
    Notice.everywhere.bulk_create([notice], ignore_conflicts=True)
