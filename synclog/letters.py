"""Notices as composed from the groups that call for a mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.canonical.kinds import SALES
from integration.models import Priority, Tenant
from synclog.models import ErrorGroup, ErrorState, Notice, SyncError
from synclog.standing import Mail, Standing, digest_episode
from synclog.wishes import Event, Reader, event_of, who_wants
from synclog.wording import Context, headline, listing, subject_line

# Items a mail names per group; the rest is counted and a link away.
NAMED = 20


class Named(NamedTuple):
    """The first items of a group that a mail names, and how many there are."""

    errors: list[SyncError]
    total: int


class Letter(NamedTuple):
    """A group, and the mail it calls for."""

    mail: Mail
    standing: Standing

    @property
    def key(self) -> str:
        """The group's key."""
        return self.standing.group.key

    @property
    def over(self) -> bool:
        """Whether the group has no open error left."""
        return not self.standing.open


def named(letters: Iterable[Letter], now: datetime) -> dict[str, Named]:
    """What the letters are about, by group key: those marked as told at `now`.

    A letter about giving up names what was given up; one about a recovery, what
    people knew of and has been resolved since. One statement for all.
    """
    letters = list(letters)
    gave_up = [each.key for each in letters if each.mail is Mail.GAVE_UP]
    over = [each.key for each in letters if each.over]
    rest = {each.key for each in letters}.difference(gave_up, over)
    known_since = ErrorGroup.everywhere.filter(key=OuterRef("group"))
    about = (
        Q(state=ErrorState.OPEN, group__in=rest, told_at=now)
        | Q(state=ErrorState.OPEN, group__in=gave_up, gave_up_at__isnull=False)
        | Q(
            state=ErrorState.RESOLVED,
            group__in=over,
            told_at__isnull=False,
            resolved_at__gte=Subquery(known_since.values("open_since")),
        )
    )
    rows = SyncError.everywhere.filter(about).annotate(
        total=Window(Count("pk"), partition_by=F("group")),
        place=Window(RowNumber(), partition_by=F("group"), order_by="pk"),
        next_at=F("delivery__not_before"),
        next_state=F("delivery__state"),
    )
    found: dict[str, Named] = defaultdict(lambda: Named([], 0))
    for error in rows.filter(place__lte=NAMED).order_by("pk"):
        errors = [*found[error.group].errors, error]
        found[error.group] = Named(errors, error.total)
    return found


def compose(
    letters: Iterable[Letter],
    about: Mapping[str, Named],
    to: Mapping[int, Sequence[Reader]],
    now: datetime,
) -> list[Notice]:
    """The notices of these letters: one per group, but one digest per merchant, each in
    the merchant's language and to those who want to hear of it."""
    notices = []
    digests: dict[Tenant, list[Letter]] = defaultdict(list)
    for letter in letters:
        tenant = letter.standing.tenant
        if letter.mail is Mail.DIGEST:
            digests[tenant].append(letter)
        elif letter.mail is not Mail.FORGOTTEN:
            with translation.override(tenant.language):
                notice = _of_group(letter, about[letter.key], now)
            notice.to = who_wants(to[tenant.pk], _event(letter))
            notices.append(notice)
    for tenant, gathered in digests.items():
        with translation.override(tenant.language):
            notice = _digest(tenant, gathered, about, now)
        notice.to = who_wants(to[tenant.pk], Event.PROBLEM)
        notices.append(notice)
    return [notice for notice in notices if notice.to]


def _event(letter: Letter) -> Event:
    """What a mail about one group counts as."""
    ends = {Mail.GAVE_UP: Event.GAVE_UP, Mail.RECOVERED: Event.RECOVERED}
    return ends.get(letter.mail) or event_of(letter.standing.group.kind)


def _of_group(letter: Letter, items: Named, now: datetime) -> Notice:
    group = letter.standing.group
    fact = headline(group, items.errors, items.total)
    # Without items, people ignore what was open.
    over = _("Solved: %(fact)s") if items.total else _("Set aside: %(fact)s")
    said = {Mail.GAVE_UP: _("Gave up: %(fact)s"), Mail.RECOVERED: over}
    mails = group.mails + (letter.mail is not Mail.RECOVERED)
    return _notice(
        letter.standing.tenant,
        letter.mail,
        episode=f"{letter.mail}:{group.pk}:{mails}",
        subject=said.get(letter.mail, "%(fact)s") % {"fact": fact},
        context={"groups": [_listed(letter, items)]},
        priority=Priority.SALE if group.kind in SALES else Priority.CHANGED,
        now=now,
    )


def _digest(
    tenant: Tenant, letters: list[Letter], about: Mapping[str, Named], now: datetime
) -> Notice:
    groups = [_listed(each, about[each.key]) for each in letters if not each.over]
    solved = [_listed(each, about[each.key]) for each in letters if each.over]
    count = sum(about[each.key].total for each in letters if not each.over)
    said = []
    if count:
        new = ngettext("%(count)s new problem", "%(count)s new problems", count)
        said.append(new % {"count": count})
    if solved:
        gone = ngettext("%(count)s solved", "%(count)s solved", len(solved))
        said.append(gone % {"count": len(solved)})
    return _notice(
        tenant,
        Mail.DIGEST,
        episode=digest_episode(tenant, now),
        subject=f"{tenant.name}: {', '.join(said) or _('nothing new')}",
        context={"groups": groups, "solved": solved},
        priority=Priority.OLDEST,
        now=now,
    )


def _listed(letter: Letter, items: Named) -> Context:
    standing = letter.standing
    return listing(standing.group, items.errors, items.total, standing.open)


def _notice(
    tenant: Tenant,
    mail: Mail,
    *,
    episode: str,
    subject: str,
    context: Context,
    priority: Priority,
    now: datetime,
) -> Notice:
    return Notice(
        tenant=tenant,
        episode=episode,
        template=mail.value,
        subject=subject_line(subject),
        context={"merchant": tenant.name, **context},
        priority=priority,
        not_before=now,
    )
