"""System checks: `manage.py check` proves keys, queue and connectors are usable."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

Apps = Sequence[AppConfig] | None


@register(Tags.security)
def encryption_keys_are_valid(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Every key must be a Fernet key, or no credential could be read or stored."""
    return [
        Error(
            f"Key number {number} of WEFT_ENCRYPTION_KEYS is not a Fernet key.",
            hint="32 random bytes in URL-safe base64; make setup writes one.",
            id="weft.E001",
        )
        for number, key in enumerate(settings.WEFT_ENCRYPTION_KEYS, start=1)
        if not raises_nothing(Fernet, key)
    ]


@register()
def queue_waits_long_enough(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """`retry` counts from the prefetch: it must outlast everything fetched before."""
    queue = settings.Q_CLUSTER
    ahead = queue["queue_limit"] + queue["bulk"] + 1
    needed = queue["timeout"] * (1 + ceil(ahead / queue["workers"]))
    if queue["retry"] > needed:
        return []
    return [
        Error(
            f"The queue would hand a task out again after {queue['retry']} s, "
            f"while it may still be running: {needed} s are possible.",
            hint="Raise Q_CLUSTER['retry'] or lower its timeout or queue_limit.",
            id="weft.E002",
        )
    ]


@register(Tags.database)
def queue_shares_the_database(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A bell rung inside a transaction must be undone with it: one database."""
    alias = settings.Q_CLUSTER.get("orm")
    if alias in (None, "default") and not settings.DATABASE_ROUTERS:
        return []
    return [
        Error(
            "The queue is on another database than Weft's own tables.",
            hint="Leave Q_CLUSTER['orm'] at 'default' and use no database router.",
            id="weft.E003",
        )
    ]


@register()
def connectors_load(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Every folder under `connectors/` must import and declare itself."""
    try:
        # Imported here: what fails is then reported like any other check.
        from integration.contract.registry import connectors

        found = connectors()
    except Exception as error:  # an import may fail in any way
        return [Error(f"A connector does not load: {error!r}", id="weft.E004")]
    if found:
        return []
    return [Warning("No connector was found in connectors/.", id="weft.W005")]


@register(Tags.security, deploy=True)
def loopback_is_closed(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """In production no merchant's connection may point at this machine."""
    if not settings.WEFT_ALLOW_LOOPBACK:
        return []
    return [
        Warning(
            "WEFT_ALLOW_LOOPBACK is on: connections may call this machine itself.",
            hint="Only the sandbox needs it.",
            id="weft.W006",
        )
    ]


def raises_nothing(call: Callable[..., object], *arguments: object) -> bool:
    """Whether a value is accepted by what parses it."""
    try:
        call(*arguments)
    except ValueError:
        return False
    return True
