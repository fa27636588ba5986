"""What a key may do: every operation needs one scope, and says which."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from integration.models import ApiKey, Scope


def needed(view: Any) -> Scope:
    """The scope the operation under way needs."""
    return view.scopes.get(view.action, view.scope)


class HasScope(BasePermission):
    """The key in hand has the scope that the operation needs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Without a key: no. Of the wrong scope: no, and the answer names it."""
        if request.auth is None:
            return False
        if view.action is None:
            # No such method here: that is told instead.
            return True
        wanted = needed(view)
        self.message = f"This key lacks the scope “{wanted.value}”."
        key: ApiKey = request.auth  # type: ignore[assignment]
        return wanted in key.scopes
