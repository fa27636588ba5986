"""How far calls may go on this installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from integration.http.rules import HttpRules


def rules(connection_settings: dict[str, Any], **bounds: Any) -> HttpRules:
    """The bounds of a connection's calls; `bounds` replace single ones."""
    return HttpRules(
        allow_loopback=settings.WEFT_ALLOW_LOOPBACK,
        allow_http=bool(connection_settings.get("allow_http"))
        and settings.WEFT_ALLOW_LOOPBACK,
        ports=tuple(settings.WEFT_PORTS_OUT),
        networks=tuple(settings.WEFT_NETWORKS),
        ca_file=settings.WEFT_CA_FILE,
        **bounds,
    )
