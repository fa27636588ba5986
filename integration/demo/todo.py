"""What the books ask a merchant before they take a sale, and what he answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from integration.engine import pairs
from integration.models import Route

# Accounts of the organisation: where goods are booked, and where they are when that
# one is archived.
GOODS, OTHER_GOODS = "200", "260"
# By vocabulary: the shop's words and what they are in the books; "*" is all others.
CHOSEN = {
    "tax": {"untaxed": "NONE", pairs.ANY: "OUTPUT2"},
    "account": {"goods": GOODS, pairs.ANY: OTHER_GOODS},
    "payment": {pairs.ANY: "090"},
}
# Choices shown of each list.
SHOWN = 3


def used(route: Route) -> int:
    """How many of the source's latest sales use the word that most of them use."""
    return max((word.used for word in pairs.words(route)), default=0)


def lines(route: Route) -> Iterator[str]:
    """The to-do of a route, one line for each word that waits for its pair."""
    for word in pairs.words(route):
        if word.owed:
            found = pairs.choices(route, word.vocabulary)
            named = "; ".join(f"{e.code} {e.name}" for e in found[:SHOWN])
            more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            yield (
                f"To do, {word.vocabulary.label.lower()}: “{word.called}”, used by "
                f"{word.used}, is one of: {named}{more}."
            )


def pair_all(route: Route) -> None:
    """Answer for every list this route chooses from."""
    for vocabulary in pairs.vocabularies(route):
        for word, code in CHOSEN[vocabulary.key].items():
            pairs.pair(route, vocabulary.key, word, code)


def pair_goods_anew(routes: Iterable[Route]) -> int:
    """Goods are booked on the other account; how many sales that waited go at once."""
    return sum(pairs.pair(route, "account", "goods", OTHER_GOODS) for route in routes)
