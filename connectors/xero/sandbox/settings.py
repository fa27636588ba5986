"""Holds what the sandbox can be told about its limits, lifetimes and open questions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(kw_only=True, slots=True)
class Settings:
    """How the platform behaves at the moment; windows and lifetimes are in seconds.

    Rate windows are divided by the server's scale, lifetimes are not. `latency` is how
    long a call is on its way, in which others may come in. `since_inclusive` lists
    what changed in the very second of If-Modified-Since too; `payment_events` tells of
    invoices when a payment changes them.
    """

    minute_limit: int = 60
    day_limit: int = 1000
    concurrent_limit: int = 5
    app_minute_limit: int = 10_000
    minute_seconds: float = 60.0
    day_seconds: float = 86_400.0
    latency: float = 0.002
    access_seconds: float = 1800.0
    refresh_seconds: float = 60 * 86_400.0
    grace_seconds: float = 1800.0
    code_seconds: float = 300.0
    broad_scopes: bool = False
    idempotency_seconds: float = 360.0
    body_bytes: int = 3_500_000
    most_records: int = 100_000
    since_inclusive: bool = False
    payment_events: bool = True
    webhook_seconds: float = 5.0
    retry_seconds: float = 60.0
    retries: int = 10

    def change(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Set settings by name and give all; raises `ValueError` for an unknown one."""
        known = asdict(self)
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"there is no setting {name}")
            setattr(self, name, type(known[name])(value))
        return asdict(self)
