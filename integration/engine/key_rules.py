"""By which natural keys things of two platforms may be told to be one: by all they
have, or by those that a route between the two names. Account numbers of two systems may
be counted alike and mean different people."""

from __future__ import annotations

from functools import cached_property

from integration.canonical.codec import TYPES
from integration.canonical.kinds import ONE_BY, PARTS, Kind
from integration.errors import BadConfig
from integration.models import Route

# A kind, and two connections in whatever order.
Pair = tuple[str, frozenset[int]]


class KeyRules:
    """The keys that a tenant's routes name, switched off or on; looked up when first
    asked, in one statement."""

    def __init__(self, tenant_id: int) -> None:
        self._tenant_id = tenant_id

    def allow(self, kind: str, one: int, other: int, name: str) -> bool:
        """Whether the key `name` tells of things at these connections (their ids)."""
        named = self._named.get((_whole(kind), frozenset((one, other))))
        return named is None or name in named

    @cached_property
    def _named(self) -> dict[Pair, frozenset[str]]:
        """Where two routes name keys for the same two, only those that both name."""
        named: dict[Pair, frozenset[str]] = {}
        rows = Route.everywhere.filter(tenant=self._tenant_id).exclude(match=[])
        for kind, source, target, names in rows.values_list(
            "kind", "source", "target", "match"
        ):
            pair = (_whole(kind), frozenset((source, target)))
            named[pair] = named.get(pair, frozenset(names)) & frozenset(names)
        return named


def one_by(route: Route, kind: Kind) -> str:
    """The key by which two records of the source are one thing at the route's target;
    "" where there is none, or the route does not go by it."""
    key = ONE_BY.get(kind, "")
    return key if not route.match or key in route.match else ""


def _whole(kind: str) -> str:
    """A part is found as its whole is."""
    return str(PARTS.get(Kind(kind), kind))


def known(kind: str) -> tuple[str, ...]:
    """The keys that things of a kind may have."""
    return TYPES[Kind(kind)].natural_keys


def check(route: Route) -> None:
    """BadConfig where a route goes by what its things are not known by."""
    if not isinstance(route.match, list) or not all(
        isinstance(name, str) for name in route.match
    ):
        raise BadConfig("match", 'A list of keys, such as ["sku"]; empty: all.')
    strange = [name for name in route.match if name not in known(route.kind)]
    if strange:
        told = ", ".join(known(route.kind)) or "its id alone"
        raise BadConfig(
            "match", f"A {route.kind} has no key “{strange[0]}”; it has: {told}."
        )
