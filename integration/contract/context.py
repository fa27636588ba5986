"""What a map may know beside its source: settings, facts, and ids on the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from integration.canonical.values import Ref
from integration.errors import MissingLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a map may know beside its source.

    `settings` and `facts` of the connection, and for writes `ids`: (kind, external id
    on the source) -> id on the target.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting, else a fact the platform told, else `default`."""
        value = self.settings.get(name)
        return self.facts.get(name, default) if value in (None, "") else value

    def only(self, names: Iterable[str]) -> Context:
        """This context without the settings and facts that `names` leaves out."""
        kept = frozenset(names)
        return replace(
            self,
            settings={key: self.settings[key] for key in kept & set(self.settings)},
            facts={key: self.facts[key] for key in kept & set(self.facts)},
        )


def resolve(pointer: Ref, context: Context) -> str:
    """The target's id of `pointer`; MissingLink where it is not linked yet."""
    try:
        return context.ids[known_as(pointer)]
    except KeyError:
        raise MissingLink(pointer.kind, pointer.external_id, pointer.keys) from None


def known_as(pointer: Ref) -> tuple[str, str]:
    """How `Context.ids` names a pointer: kind and id, or kind and keys without one."""
    named = pointer.external_id or str(sorted(pointer.keys.items()))
    return (str(pointer.kind), named)
