"""Which data a new connection may bring where, and the first sync that sets it going.

Routes are stored switched off while a connection is set up: a read then owes nothing to
anybody, so nothing can be written before a person presses “Start”.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction

from integration.canonical.kinds import FACETS, RANK, SALES, Kind
from integration.contract import registry
from integration.engine import connect, opening, routes
from integration.engine.setting_up import routes_of, untested
from integration.errors import BadConfig, SyncFailure
from integration.models import Connection, Health, Policy, Route, Run
from synclog import journal

# What no merchant sends anywhere.
INWARD = (Kind.SETTING, Kind.LOOKUP)
LINK, WRITE = "link", "write"


class Proposal(NamedTuple):
    """One kind that could go from one connection to another; `usual` where most want
    it, `laid` the route where there is one, `as_kind` what it becomes there, `rival`
    whom the target takes it from already."""

    kind: Kind
    as_kind: Kind
    source: Connection
    target: Connection
    usual: bool
    laid: Route | None
    rival: str = ""

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.kind}-{self.source.pk}-{self.target.pk}"

    @property
    def policy(self) -> Policy:
        """What it does where nobody says otherwise."""
        return routes.DEFAULT_POLICY.get(self.kind, Policy.OVERWRITE)


class Started(NamedTuple):
    """What a start led to: the runs that set it going, the routes that now run, and
    what is not in order though they do."""

    runs: Sequence[Run]
    routes: Sequence[Route]
    warnings: Sequence[str]


def others(connection: Connection) -> list[Connection]:
    """The merchant's connections that data can come from or go to."""
    mine = Connection.objects.for_tenant(connection.tenant_id)
    known = registry.connectors()
    return [
        each
        for each in mine.exclude(pk=connection.pk).exclude(health=Health.DISCONNECTED)
        if each.platform in known and not untested(each)
    ]


def proposals(connection: Connection) -> list[Proposal]:
    """All that both ends of any pair with this connection give and take, in the order
    it is written."""
    laid = {
        (route.kind, route.source_id, route.target_id): route
        for route in routes_of(connection)
    }
    masters = _masters(connection)
    found = []
    for other in others(connection):
        for source, target in ((connection, other), (other, connection)):
            for kind, as_kind in _possible(source, target):
                route = laid.get((str(kind), source.pk, target.pk))
                rival = "" if route else masters.get((str(as_kind), target.pk), "")
                usual = not rival and _usual(kind, source, target)
                found.append(
                    Proposal(kind, as_kind, source, target, usual, route, rival)
                )
    return sorted(found, key=lambda each: (each.source.pk, RANK[each.kind]))


def _masters(connection: Connection) -> dict[tuple[str, int], str]:
    """Who is the master of a kind on each connection, by what people call it."""
    working = Route.objects.for_tenant(connection.tenant_id).filter(
        enabled=True, policy=Policy.OVERWRITE
    )
    return {
        (route.writes, route.target_id): route.source.label
        for route in working.select_related("source")
    }


def _possible(source: Connection, target: Connection) -> list[tuple[Kind, Kind]]:
    gives = registry.connector(source.platform)
    takes = registry.connector(target.platform)
    return [
        (kind, taken)
        for kind in Kind
        if kind not in INWARD
        and gives.streams_of(kind)
        and (taken := takes.takes(kind)) is not None
    ]


def _usual(kind: Kind, source: Connection, target: Connection) -> bool:
    """Sales go wherever they are taken, goods from where goods are kept to where they
    are sold; customers come with the sales that need them."""
    if kind in SALES:
        return True
    kept = registry.connector(source.platform).streams_of(Kind.PRODUCT)
    sold = Kind.PRODUCT in registry.connector(target.platform).writes
    return bool(kept) and sold and kind != Kind.CUSTOMER


def lay(
    connection: Connection, chosen: Collection[str], user: User | None
) -> list[Route]:
    """Store the chosen proposals as routes that are switched off, and drop those laid
    here before and not chosen any more.

    BadConfig names what cannot be; nothing is stored then.
    """
    known = {each.key: each for each in proposals(connection)}
    unknown = set(chosen) - set(known)
    if unknown:
        raise BadConfig("routes", "These connections cannot exchange that.")
    laid = []
    with transaction.atomic():
        for key, proposal in known.items():
            route = proposal.laid
            if route is None and key in chosen:
                # Checked as it will run: against every master there is.
                laid.append(_add(proposal, user))
            elif route is not None and not route.enabled and key not in chosen:
                journal.audit(route.tenant_id, "route_removed", str(route), user=user)
                route.delete()
        mine = Route.objects.for_tenant(connection.tenant_id)
        mine.filter(pk__in=[route.pk for route in laid]).update(enabled=False)
    return laid


def _add(proposal: Proposal, user: User | None) -> Route:
    source, target = proposal.source, proposal.target
    route = routes.add(source.tenant, proposal.kind, source, target)
    journal.audit(source.tenant_id, "route_added", str(route), user=user)
    return route


def waiting(connection: Connection) -> list[Route]:
    """The routes of a connection that are switched off, in the order they are set
    going: what others point at first."""
    off = routes_of(connection).filter(enabled=False)
    return sorted(off, key=lambda route: (RANK[Kind(route.kind)], route.pk))


def linkable(route: Route) -> bool:
    """Whether a route can link what is on both ends without writing anything: stock
    hangs on goods, and a sale is there only once it was sent."""
    return Kind(route.kind) not in FACETS and Kind(route.kind) not in SALES


def linking(connection: Connection) -> list[Route]:
    """Routes that only link so far, of kinds that are usually written."""
    on = routes_of(connection).filter(enabled=True, policy=Policy.LINK_ONLY)
    usual = routes.DEFAULT_POLICY
    return [route for route in on if usual.get(Kind(route.kind)) != Policy.LINK_ONLY]


def start(connection: Connection, mode: str, user: User | None) -> Started:
    """Set the waiting routes going: with LINK those that can link, to do only that;
    with WRITE all of them, and those that only link so far write from now on.

    BadConfig where one would fight another route; nothing is started then.
    """
    chosen = [
        route for route in waiting(connection) if mode == WRITE or linkable(route)
    ]
    if mode == WRITE:
        chosen = [*linking(connection), *chosen]
    usual = routes.DEFAULT_POLICY
    with transaction.atomic():
        for route in chosen:
            if mode == LINK:
                route.policy = Policy.LINK_ONLY
            elif route.enabled:
                route.policy = usual.get(Kind(route.kind), Policy.OVERWRITE)
            route.enabled = True
            routes.check(route)
            route.save(update_fields=["policy", "enabled"])
            verb = "first_sync_linking" if mode == LINK else "first_sync"
            journal.audit(route.tenant_id, verb, str(route), user=user)
        runs = [run for route in chosen for run in opening.begin(route)]
    warnings = [
        f"{source}: {failure.message}"
        for source in {route.source_id: route.source for route in chosen}.values()
        for failure in _webhooks(source)
    ]
    return Started(list(dict.fromkeys(runs)), chosen, warnings)


def _webhooks(source: Connection) -> list[SyncFailure]:
    """Hear of what the routes need; without that the clock still finds it."""
    try:
        connect.sync_webhooks(source)
    except SyncFailure as failure:
        return [failure]
    return []
