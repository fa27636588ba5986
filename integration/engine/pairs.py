"""Pairs: which word of the target stands for a word of the source, and which are owed.

A route's pairs are a merchant's to set. What needs a missing one waits without trying,
and goes at once when it is set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction

from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.shop import Entry
from integration.contract import books, registry
from integration.contract.connector import Vocabulary
from integration.contract.context import Table
from integration.engine import lookups, newest, replan
from integration.errors import BadConfig, Permanent
from integration.models import Link, Route
from synclog import journal

# The pair that serves every word without one of its own.
ANY = "*"
# How many of the source's latest things are looked at for words.
LATEST = 500


class Word(NamedTuple):
    """One word of the source: what it is paired with ("": nothing yet), what people
    call it, and how many of the latest things use it."""

    vocabulary: Vocabulary
    word: str
    called: str
    paired_with: str
    used: int

    @property
    def owed(self) -> bool:
        """Whether something waits until a merchant chooses."""
        return not self.paired_with


def vocabularies(route: Route) -> tuple[Vocabulary, ...]:
    """The vocabularies the route's map asks for; none where it is not written."""
    writes = registry.connector(route.target.platform).writes
    found = writes.get(Kind(route.writes))
    return tuple(found.pairs) if found else ()


def words(route: Route, links: Iterable[Link] | None = None) -> list[Word]:
    """Every word the source's latest things use, the ones owed first.

    `links` are those things where they were loaded already (see `latest`).
    """
    seen: Counter[tuple[str, str]] = Counter()
    called: dict[tuple[str, str], str] = {}
    shown = latest([route]).get(route.pk, []) if links is None else links
    for key, word, name in _used(route, shown):
        seen[(key, word)] += 1
        called[(key, word)] = name
    found = [
        Word(
            each,
            word,
            called[(key, word)],
            _paired(route, each, word),
            seen[(key, word)],
        )
        for each in vocabularies(route)
        for key, word in seen
        if key == each.key
    ]
    return sorted(found, key=lambda row: (not row.owed, row.vocabulary.key, row.word))


def choices(route: Route, vocabulary: Vocabulary) -> list[Entry]:
    """The entries of the target a word of this vocabulary may be paired with."""
    table = _table(route, vocabulary)
    return [entry for entry in table.by_id.values() if vocabulary.fits(entry)]


def pair(
    route: Route, vocabulary: str, word: str, code: str, user: User | None = None
) -> int:
    """Set one pair ("" takes it away); how many things that waited go at once.

    Raises BadConfig where the target has no such entry to choose.
    """
    chosen = {**route.pairs.get(vocabulary, {}), word: code}
    if not code:
        del chosen[word]
    route.pairs = {**route.pairs, vocabulary: chosen}
    check(route)
    with transaction.atomic():
        Route.everywhere.filter(pk=route.pk).update(pairs=route.pairs)
        what = f"{route}: {vocabulary} {word} → {code or 'nothing'}"
        journal.audit(route.tenant_id, "paired", what, user=user)
        return replan.retry_refused(route)


def check(route: Route) -> None:
    """Raise BadConfig where pairs name what the target's stored lists do not hold."""
    known = {each.key: each for each in vocabularies(route)}
    if not isinstance(route.pairs, dict):
        raise BadConfig("pairs", "Pairs are words by vocabulary.")
    for key, chosen in route.pairs.items():
        if key not in known:
            told = ", ".join(known) or "none"
            raise BadConfig(
                f"pairs.{key}", f"There is no vocabulary {key!r}; there are: {told}."
            )
        if not isinstance(chosen, dict):
            raise BadConfig(f"pairs.{key}", "Words of the source for those there.")
        _check_codes(route, known[key], chosen)


def _check_codes(route: Route, vocabulary: Vocabulary, chosen: dict[str, str]) -> None:
    table = _table(route, vocabulary)
    if not table.by_id:
        # Not read yet: what is chosen is checked when it is used.
        return
    for word, code in chosen.items():
        if code not in table.by_code and code not in table.by_id:
            raise BadConfig(
                f"pairs.{vocabulary.key}.{word}",
                f"{route.target.label} has no {code!r} among its {vocabulary.label}.",
                hint="Choose one of the list, or read the list again if it is new.",
            )


def _table(route: Route, vocabulary: Vocabulary) -> Table:
    return lookups.tables(route.target, (vocabulary.table,)).get(
        vocabulary.table, Table()
    )


def _paired(route: Route, vocabulary: Vocabulary, word: str) -> str:
    chosen = route.pairs.get(vocabulary.key, {})
    of_connection = route.target.settings.get(vocabulary.setting) or ""
    return str(chosen.get(word) or chosen.get(ANY) or of_connection)


def latest(routes: Iterable[Route], most: int = LATEST) -> dict[int, list[Link]]:
    """What the sources showed last of what these routes ask pairs for, newest first,
    by route; one statement for all of them, none where no pairs are asked for."""
    asking = [route for route in routes if vocabularies(route)]
    # Two routes of one kind from one source look at the same things.
    places = {(route.source_id, route.kind) for route in asking}
    found: dict[newest.Place, list[Link]] = {place: [] for place in places}
    if places:
        for link in newest.links(places, most):
            here = found[link.connection_id, link.kind]
            if len(here) < most:
                here.append(link)
    return {route.pk: found[route.source_id, route.kind] for route in asking}


def _used(route: Route, links: Iterable[Link]) -> Iterator[tuple[str, str, str]]:
    """(vocabulary, word, what people call it) of these things."""
    asked = vocabularies(route)
    for link in links:
        try:
            source = decode(Kind(route.kind), bytes(link.data or b""))
            thing = books.made_of(Kind(route.writes), source)
        except Permanent:
            continue
        for vocabulary in asked:
            for word, name in set(vocabulary.words(thing)):
                yield vocabulary.key, word, name
