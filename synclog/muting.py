"""Mail about one sort of problem, ended and wanted again."""

from __future__ import annotations

from django.utils import timezone

from synclog import journal
from synclog.models import ErrorGroup


def about(key: str) -> ErrorGroup | None:
    """The group of this key; None: it is no more."""
    groups = ErrorGroup.everywhere.filter(key=key, tenant__active=True)
    return groups.select_related("connection", "tenant").first()


def mute(group: ErrorGroup, *, muted: bool) -> ErrorGroup:
    """Say nothing about this group until it has recovered; or speak again."""
    if (group.muted_at is None) == muted:
        group.muted_at = timezone.now() if muted else None
        group.save(update_fields=["muted_at"])
        verb = "muted mail" if muted else "wants mail again"
        journal.audit(group.tenant_id, verb, f"{group.connection}: {group}")
    return group
