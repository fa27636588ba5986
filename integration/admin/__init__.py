"""The staff admin: every merchant's rows, searchable, with the buttons that steer."""

from integration.admin import (
    budgets,
    connections,
    endpoints,
    errors,
    events,
    flow,
    grants,
    keys,
    lookups,
    people,
    plans,
    records,
    routes,
    tenants,
    workers,
)
from integration.admin.sign_ins import hide_sign_ins
from integration.jobs.admin_off import hide_queue

__all__ = [
    "budgets",
    "connections",
    "endpoints",
    "errors",
    "events",
    "flow",
    "grants",
    "keys",
    "lookups",
    "people",
    "plans",
    "records",
    "routes",
    "tenants",
    "workers",
]

hide_queue()
hide_sign_ins()
