"""Laying a route: what may be brought where, checked before it is stored."""

from __future__ import annotations

from typing import Any

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.engine import filters, key_rules, pairs
from integration.errors import BadConfig
from integration.models import Connection, Policy, Route, Tenant

# What a route may do where nobody says otherwise.
DEFAULT_POLICY = {Kind.CUSTOMER: Policy.LINK_ONLY} | dict.fromkeys(
    SALES, Policy.CREATE_ONLY
)


def add(
    tenant: Tenant, kind: str, source: Connection, target: Connection, **rules: Any
) -> Route:
    """A new route of one tenant; `rules` are fields of Route.

    Raises BadConfig naming the field that cannot be as it is.
    """
    if kind not in list(Kind):
        known = ", ".join(Kind)
        raise BadConfig("kind", f"There is no kind {kind!r}; there are: {known}.")
    rules.setdefault("policy", DEFAULT_POLICY.get(Kind(kind), Policy.OVERWRITE))
    route = Route(tenant=tenant, kind=kind, source=source, target=target, **rules)
    settle(route)
    check(route)
    route.save()
    return route


def settle(route: Route) -> None:
    """Say what a new route writes: what the target has in the kind's place, if it does
    not take the kind itself."""
    if route.pk is None:
        taken = registry.connector(route.target.platform).takes(Kind(route.kind))
        route.as_kind = taken if taken and taken != route.kind else ""


def check(route: Route) -> None:
    """Raise BadConfig where a route cannot work, or would fight another."""
    if route.source_id == route.target_id:
        raise BadConfig("target", "A route goes from one connection to another.")
    for end in ("source", "target"):
        if getattr(route, end).tenant_id != route.tenant_id:
            raise BadConfig(end, "Both ends of a route belong to its merchant.")
    _check_platforms(route)
    _check_rules(route)
    _check_others(route)


def _check_platforms(route: Route) -> None:
    """The source must give the kind, the target must take it."""
    kind = Kind(route.kind)
    source = registry.connector(route.source.platform)
    target = registry.connector(route.target.platform)
    if not source.streams_of(kind):
        readable = sorted({each for stream in source.streams for each in stream.kinds})
        known = ", ".join(readable)
        raise BadConfig("kind", f"{source.label} gives no {kind}; it gives: {known}.")
    if Kind(route.writes) not in target.writes:
        known = ", ".join(target.writes) or "nothing"
        raise BadConfig("kind", f"{target.label} takes no {kind}; it takes: {known}.")


def _check_rules(route: Route) -> None:
    """Filters and keys come from people: the road relies on their shape."""
    filters.check(route)
    key_rules.check(route)
    _check_options(route)
    pairs.check(route)


def _check_options(route: Route) -> None:
    writes = registry.connector(route.target.platform).writes[Kind(route.writes)]
    known = {field.name for field in writes.options}
    if not isinstance(route.options, dict):
        raise BadConfig("options", "Options name settings of the target.")
    for name in route.options:
        if name not in known:
            told = ", ".join(sorted(known)) or "none"
            raise BadConfig(
                f"options.{name}", f"There is no option {name!r}; there are: {told}."
            )


def _check_others(route: Route) -> None:
    """Two masters of one thing would overwrite each other for ever."""
    others = Route.everywhere.filter(kind=route.kind, as_kind=route.as_kind).exclude(
        pk=route.pk
    )
    if others.filter(source=route.source, target=route.target).exists():
        raise BadConfig("kind", f"{route.source} already sends its {route.kind} there.")
    if not route.enabled or route.policy != Policy.OVERWRITE:
        return
    masters = others.filter(policy=Policy.OVERWRITE, enabled=True)
    rival = masters.filter(target=route.target).select_related("source").first()
    if rival is not None:
        raise BadConfig(
            "target",
            f"{route.target} already takes its {route.kind} from {rival.source}.",
            hint="One master per kind: switch that route off or remove it first.",
        )
    if masters.filter(source=route.target, target=route.source).exists():
        raise BadConfig(
            "policy",
            f"{route.source} already takes its {route.kind} from {route.target}.",
            hint="Two routes in opposite directions would overwrite each other.",
        )
