"""Finds a connection of the merchant whose page is open."""

from __future__ import annotations

from django.http import Http404

from integration.dashboard.access import MemberRequest
from integration.models import Connection


def connection(request: MemberRequest, pk: int) -> Connection:
    """The connection of that number. Http404 where it is none of this merchant's."""
    found: Connection | None = (
        Connection.objects.for_tenant(request.tenant)
        .select_related("tenant__plan", "grant")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found
