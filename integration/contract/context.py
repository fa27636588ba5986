"""What a map may know beside its source: settings, facts, and ids on the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from integration.canonical.shop import Entry
from integration.canonical.values import Ref
from integration.errors import MissingLink, UnknownEntry, Unpaired


class Table(NamedTuple):
    """The entries of one lookup, by their ids and by their codes."""

    by_id: Mapping[str, Entry] = {}
    by_code: Mapping[str, Entry] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Table:
        """A table of these entries."""
        listed = list(entries)
        return cls(
            {entry.external_id: entry for entry in listed},
            {entry.code: entry for entry in listed if entry.code},
        )


EMPTY = Table()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a map may know beside its source.

    `settings` and `facts` of the connection and its `lookups` by table; for writes
    `ids`: (kind, external id on the source) -> id on the target, and `pairs`: by
    vocabulary, word of the source -> word of the target.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lookups: Mapping[str, Table] = field(default_factory=dict)
    pairs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting, else a fact the platform told, else `default`."""
        value = self.settings.get(name)
        return self.facts.get(name, default) if value in (None, "") else value

    def entry(self, table: str, external_id: str) -> Entry:
        """The entry of that id; UnknownEntry where the stored table has none."""
        found = self.lookups.get(table, EMPTY).by_id.get(external_id)
        if found is None:
            raise UnknownEntry(table, external_id)
        return found

    def coded(self, table: str, code: str) -> Entry | None:
        """The entry with that code, or None."""
        return self.lookups.get(table, EMPTY).by_code.get(code)

    def pair(self, vocabulary: str, word: str, called: str = "") -> str:
        """The target's word for `word`: its own pair, else the one for every word
        ("*"). Unpaired where neither is set; `called` is what people call the word."""
        chosen = self.pairs.get(vocabulary, {})
        found = chosen.get(word) or chosen.get("*")
        if not found:
            raise Unpaired(
                f"{vocabulary}.{word}",
                f"Nobody has said yet what “{called or word}” ({vocabulary}) is there.",
                hint="Choose it among the route's pairs; what waits for it then goes "
                "at once.",
            )
        return found

    def only(self, names: Iterable[str], tables: Iterable[str] = ()) -> Context:
        """This context without the settings, facts and tables left out here."""
        kept = frozenset(names)
        return replace(
            self,
            settings={key: self.settings[key] for key in kept & set(self.settings)},
            facts={key: self.facts[key] for key in kept & set(self.facts)},
            lookups={key: self.lookups[key] for key in tables if key in self.lookups},
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
