"""Which roles a member may give, and to whom: none above one's own."""

from __future__ import annotations

from django.db.models import QuerySet

from integration.models import Member, Role, Tenant

RANKS = {role: rank for rank, role in enumerate(Role)}


class AboveOwnRole(ValueError):
    """Somebody was about to give, change or take a role greater than their own."""


class LastOwner(ValueError):
    """A merchant without any owner could never be governed again."""


def at_least(role: str, other: str) -> bool:
    """Whether `role` includes `other`."""
    return RANKS[Role(role)] >= RANKS[Role(other)]


def grantable(by: Member) -> list[Role]:
    """The roles this member may give, the smallest first."""
    return [role for role in Role if at_least(by.role, role)]


def locked(tenant: Tenant) -> QuerySet[Member]:
    """The merchant's members, whom nobody else changes until the transaction ends."""
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    return Member.objects.filter(tenant=tenant)
