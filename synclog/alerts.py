"""Alerts: who is mailed about what, and when.

The first failure of a sale in an error group is mailed at once, quiet hours or not;
further ones join one mail per four hours. Giving up is mailed once per group. All else
waits for the daily digest and for the end of quiet hours. When a group that people
know of has no open error left, a note says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from integration.models import Connection, Member, Priority, Role, Tenant
from synclog.cleaning import clean
from synclog.letters import Letter, compose, named
from synclog.mail import claim_due, next_due, send, tell
from synclog.models import ErrorGroup, ErrorState, Notice, NoticeState, SyncError
from synclog.models.error import LIVE_ERRORS, group_key
from synclog.problem import Problem, cleaned
from synclog.quiet import quiet_end
from synclog.standing import Mail, decide, standings, waiting
from synclog.wording import connection_link, subject_line

__all__ = [
    "addresses",
    "claim_due",
    "connection_back",
    "connection_lost",
    "gave_up",
    "next_due",
    "plan_notices",
    "send",
    "tell",
]

LOST = "connection_lost"
BACK = "connection_back"


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
        to = addresses(each.standing.tenant for each in letters)
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
    to = addresses([connection.tenant])[connection.tenant_id]
    if not to:
        return
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
            fact = "refuses Weft's credentials, everything there waits"
            _note(connection, LOST, lost.get().mails, fact, now, to)


def connection_back(connection: Connection, now: datetime | None = None) -> None:
    """Its credentials work again: closes the mail that said they did not."""
    now = now or timezone.now()
    lost = ErrorGroup.everywhere.filter(key=group_key(connection.pk, "", LOST, ""))
    with transaction.atomic():
        if not lost.exclude(open_since=None).update(open_since=None):
            return
        mails = lost.get().mails
        unsent = Notice.everywhere.filter(
            episode=_episode(connection, LOST, mails), state=NoticeState.PLANNED
        )
        if unsent.update(state=NoticeState.DROPPED, ended_at=now):
            return
        to = addresses([connection.tenant])[connection.tenant_id]
        if to:
            fact = "accepts Weft's credentials again"
            _note(connection, BACK, mails, fact, now, to)


def addresses(tenants: Iterable[Tenant]) -> dict[int, list[str]]:
    """Where each merchant is told: its own address, its owners and admins.

    By tenant id; empty where no address is known or none could stand in a mail.
    """
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for tenant in tenants:
        found[tenant.pk] |= _valid(tenant.email)
    people = Member.objects.filter(
        tenant__in=found, role__in=(Role.ADMIN, Role.OWNER), user__is_active=True
    )
    for tenant_id, email in people.order_by("pk").values_list(
        "tenant_id", "user__email"
    ):
        found[tenant_id] |= _valid(email)
    return {tenant_id: list(unique.values()) for tenant_id, unique in found.items()}


def _valid(email: str) -> dict[str, str]:
    try:
        validate_email(email)
    except ValidationError:
        return {}
    return {email.casefold(): email}


def _letters(keys: set[str], now: datetime, *, lock: bool) -> list[Letter]:
    """What to tell of these groups now, of merchants whom an address reaches."""
    if not keys:
        return []
    held = standings(keys, lock=lock)
    chosen = decide(held, now)
    if not chosen:
        return []
    to = addresses({each.tenant for each in held})
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
    groups.filter(key__in=[each.key for each in letters if not each.over]).update(
        mails=F("mails") + 1,
        mailed_at=now,
        open_since=Coalesce("open_since", now),
    )
    groups.filter(
        key__in=[each.key for each in letters if each.mail is Mail.GAVE_UP]
    ).update(gave_up_told=True)
    groups.filter(key__in=[each.key for each in letters if each.over]).update(
        open_since=None, gave_up_at=None, gave_up_told=False
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
