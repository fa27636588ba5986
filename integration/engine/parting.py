"""Leaving a platform for good: credentials, webhooks and logs go, links stay."""

from __future__ import annotations

from django.contrib.auth.models import User

from integration.engine import connect
from integration.models import Connection
from synclog import journal
from synclog.models import SyncError, SyncLog


def leave(connection: Connection, user: User | None) -> str:
    """Clean up there and here; what could not be cleaned up."""
    left = connect.disconnect(connection)
    for log in (SyncError, SyncLog):
        log.objects.for_tenant(connection.tenant_id).filter(
            connection=connection
        ).delete()
    journal.audit(
        connection.tenant_id,
        "left",
        str(connection),
        user=user,
        after={"left": left} if left else None,
    )
    return left
