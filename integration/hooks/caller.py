"""What the door must know of the connection it is called for, in one statement."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection as database

from integration.models.sealed import unseal

# The largest number a primary key can be.
LAST_ID = 2**63 - 1
# By hand, for every call asks it: wording it takes the ORM several times as long as
# answering it takes the database.
CALLING = """
SELECT c.tenant_id, c.uid, c.platform, c.settings, c.secrets, c.hook_token, c.health
FROM integration_connection c JOIN integration_tenant t ON t.id = c.tenant_id
WHERE c.id = %s AND t.active
"""


class Caller(NamedTuple):
    """A connection whose platform calls, as far as its webhooks need it."""

    connection_id: int
    tenant_id: int
    uid: UUID
    platform: str
    settings: dict[str, Any]
    sealed: str
    token: str
    health: str

    def secrets(self) -> dict[str, str]:
        """Opened when the token is known to be right. Raises SealBroken."""
        return unseal(self.sealed, str(self.uid))


def calling(connection_id: int) -> Caller | None:
    """The connection of that number; None where an active tenant has none."""
    if connection_id > LAST_ID:
        return None
    with database.cursor() as cursor:
        cursor.execute(CALLING, [connection_id])
        row = cursor.fetchone()
    if row is None:
        return None
    tenant_id, uid, platform, settings, *rest = row
    # SQLite keeps the uid as text.
    return Caller(
        connection_id, tenant_id, UUID(str(uid)), platform, json.loads(settings), *rest
    )
