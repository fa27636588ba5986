"""The staff admin: every merchant's rows, searchable, with the buttons that steer."""

from integration.admin import (
    budgets,
    connections,
    errors,
    events,
    flow,
    grants,
    lookups,
    plans,
    records,
    routes,
    tenants,
    workers,
)
from integration.jobs.admin_off import hide_queue

__all__ = [
    "budgets",
    "connections",
    "errors",
    "events",
    "flow",
    "grants",
    "lookups",
    "plans",
    "records",
    "routes",
    "tenants",
    "workers",
]

hide_queue()
