"""The people of a merchant: their roles, their leaving, what they sign in with."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from integration.engine import invitations
from integration.engine.ranks import AboveOwnRole, LastOwner, at_least, locked
from integration.models import Member, Role, Tenant
from synclog import journal


def change_role(tenant: Tenant, member_id: int, role: str, by: Member) -> Member:
    """Give a member another role.

    AboveOwnRole, LastOwner; Member.DoesNotExist for nobody's id or a stranger's.
    Invitations this person sent to greater roles than the new one are withdrawn.
    """
    with transaction.atomic():
        members = locked(tenant)
        member = members.select_related("user").get(pk=member_id)
        _allowed(member, Role(role), by)
        before, member.role = member.role, Role(role)
        if before != member.role:
            member.save(update_fields=["role"])
            invitations.withdraw_above(member)
            _note(tenant, "role_changed", member, by, before, member.role)
    return member


def remove(tenant: Tenant, member_id: int, by: Member) -> Member:
    """End a membership, and what that person's invitations would have let in.

    AboveOwnRole, LastOwner, Member.DoesNotExist as for `change_role`. The person's
    account stays: it may belong to other merchants.
    """
    with transaction.atomic():
        members = locked(tenant)
        member = members.select_related("user").get(pk=member_id)
        _allowed(member, None, by)
        invitations.withdraw_all(member)
        _note(tenant, "member_removed", member, by, member.role, None)
        member.delete()
    return member


def require_second_factor(tenant: Tenant, on: bool, by: Member) -> None:
    """Whether every member must sign in with a second factor from now on."""
    changed = Tenant.objects.filter(pk=tenant.pk, two_factor=not on)
    if changed.update(two_factor=on):
        tenant.two_factor = on
        verb = "second_factor_required" if on else "second_factor_optional"
        journal.audit(tenant, verb, tenant.name, user=_user(by))


def _allowed(member: Member, role: Role | None, by: Member) -> None:
    """Nobody lifts above themselves, and one owner always stays."""
    if not at_least(by.role, member.role) or (role and not at_least(by.role, role)):
        raise AboveOwnRole
    if member.role == Role.OWNER and role != Role.OWNER:
        others = Member.objects.filter(tenant=member.tenant_id, role=Role.OWNER)
        if not others.exclude(pk=member.pk).filter(user__is_active=True).exists():
            raise LastOwner


def _note(
    tenant: Tenant,
    verb: str,
    member: Member,
    by: Member,
    before: str,
    after: str | None,
) -> None:
    journal.audit(
        tenant,
        verb,
        member.user.get_username(),
        user=_user(by),
        before={"role": before},
        after={"role": after} if after else None,
    )


def _user(member: Member) -> User:
    user: User = member.user
    return user
