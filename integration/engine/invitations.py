"""Invitations: a link sent by mail that lets one person join, once, within a week."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from integration.engine.addresses import settle, whose
from integration.engine.ranks import AboveOwnRole, at_least
from integration.models import Invitation, Member, Priority, Role, Tenant
from integration.models.sealed import seal
from synclog import journal
from synclog.models import Notice, NoticeState
from synclog.wording import subject_line

OPEN_FOR = timedelta(days=7)
# Open at once: more than a team needs, too few to send unwanted mail with.
MOST = 50


class AlreadyMember(ValueError):
    """The address belongs to somebody who is a member."""


class TooMany(ValueError):
    """Too many invitations are open."""


class Spent(ValueError):
    """The link was used, withdrawn, has run out, or never was one."""


def invite(tenant: Tenant, email: str, role: str, by: Member) -> Invitation:
    """Send an invitation; an open one to the same address is thereby replaced.

    ValidationError for what is no address, AboveOwnRole, AlreadyMember, TooMany.
    """
    email = email.strip().lower()
    validate_email(email)
    if not at_least(by.role, role):
        raise AboveOwnRole
    if Member.objects.filter(tenant=tenant, user__in=whose(email)).exists():
        raise AlreadyMember
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        _drop(open_ones(tenant).filter(email=email))
        if open_ones(tenant).count() >= MOST:
            raise TooMany
        invitation = Invitation(
            tenant=tenant,
            email=email,
            role=Role(role),
            digest=_digest(token),
            invited_by=by.user,
            expires_at=timezone.now() + OPEN_FOR,
        )
        invitation.save()
        _mail(invitation, token, by)
        after = {"role": invitation.role}
        journal.audit(tenant, "invited", email, user=by.user, after=after)
    return invitation


def open_ones(tenant: Tenant) -> QuerySet[Invitation]:
    """The merchant's invitations nobody accepted, those run out included."""
    found: QuerySet[Invitation] = Invitation.objects.for_tenant(tenant)
    return found.filter(accepted_at=None)


def find(token: str) -> Invitation:
    """The invitation of a link. Spent where it opens nothing any more."""
    found = (
        Invitation.everywhere.filter(
            digest=_digest(token),
            accepted_at=None,
            expires_at__gt=timezone.now(),
            tenant__active=True,
        )
        .select_related("tenant", "invited_by")
        .first()
    )
    if found is None:
        raise Spent
    return found


def accept(token: str, user: User) -> Member:
    """Make this person a member; who is one already keeps the greater role.

    Spent where the link opens nothing any more, also when somebody was faster.
    """
    with transaction.atomic():
        invitation = find(token)
        mine = Invitation.everywhere.filter(pk=invitation.pk, accepted_at=None)
        if not mine.update(accepted_at=timezone.now()):
            raise Spent
        member, new = Member.objects.get_or_create(
            tenant=invitation.tenant,
            user=user,
            defaults={"role": invitation.role},
        )
        if not new and at_least(invitation.role, member.role):
            member.role = invitation.role
            member.save(update_fields=["role"])
        settle(user)
        after = {"role": member.role}
        journal.audit(
            invitation.tenant, "joined", invitation.email, user=user, after=after
        )
    return member


def join(token: str, name: str, password: str) -> Member:
    """Make the account of a new person, and a member of it. Spent as for `accept`."""
    with transaction.atomic():
        email = find(token).email
        user = User.objects.create_user(_username(email), email, password)
        user.first_name = name[:150]
        user.save(update_fields=["first_name"])
        return accept(token, user)


def account_of(invitation: Invitation) -> User | None:
    """Whose address was invited, where that person has an account already."""
    return whose(invitation.email).first()


def withdraw(tenant: Tenant, invitation_id: int, by: Member) -> Invitation:
    """Make the link of an open invitation worthless.

    Invitation.DoesNotExist, AboveOwnRole.
    """
    with transaction.atomic():
        invitation: Invitation = open_ones(tenant).get(pk=invitation_id)
        if not at_least(by.role, invitation.role):
            raise AboveOwnRole
        _drop(open_ones(tenant).filter(pk=invitation_id))
        before = {"role": invitation.role}
        journal.audit(
            tenant,
            "invitation_withdrawn",
            invitation.email,
            user=by.user,
            before=before,
        )
    return invitation


def withdraw_above(member: Member) -> None:
    """Withdraw what this member offered of more than the member now may."""
    offered = open_ones(member.tenant).filter(invited_by=member.user_id)
    greater = [role for role in Role if not at_least(member.role, role)]
    _drop(offered.filter(role__in=greater))


def withdraw_all(member: Member) -> None:
    """Withdraw every open invitation of this member's."""
    _drop(open_ones(member.tenant).filter(invited_by=member.user_id))


def _drop(chosen: QuerySet[Invitation]) -> None:
    """Delete them, and their mails where these have not gone yet."""
    episodes = [_episode(each) for each in chosen]
    Notice.everywhere.filter(episode__in=episodes, state=NoticeState.PLANNED).update(
        state=NoticeState.DROPPED, ended_at=timezone.now()
    )
    chosen.delete()


def _mail(invitation: Invitation, token: str, by: Member) -> None:
    """Owe the mail. The link lies sealed in it: the database alone lets nobody in."""
    tenant, episode = invitation.tenant, _episode(invitation)
    link = f"{settings.WEFT_PUBLIC_URL}/account/invitation/{token}/"
    inviter = by.user.get_full_name() or by.user.email
    with translation.override(tenant.language):
        words = _("%(inviter)s invites you to %(merchant)s")
        subject = words % {"inviter": inviter, "merchant": tenant.name}
    Notice(
        tenant=tenant,
        episode=episode,
        template="invitation",
        subject=subject_line(subject),
        context={
            "merchant": tenant.name,
            "inviter": inviter,
            "role": invitation.role,
            "days": OPEN_FOR.days,
            "episode": episode,
            "sealed": seal({"link": link}, episode),
        },
        to=[invitation.email],
        priority=Priority.MANUAL,
        not_before=timezone.now(),
    ).save()


def _username(email: str) -> str:
    """The address, which the audit shows; never shown where another has it already."""
    taken = User.objects.filter(username=email[:150]).exists()
    return f"{email[:130]}-{secrets.token_hex(8)}" if taken else email[:150]


def _episode(invitation: Invitation) -> str:
    return f"invitation:{invitation.pk}"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
