"""The engine's and the connectors' sentences in the reader's language.

They are raised and stored in English with the facts filled in, which is how logs, the
API and a search read them. Here such a sentence is found again among the texts of the
catalogue by its shape (`integration.sentences` gathers those) and said with the same
facts in another language. What no text fits, such as a platform's own words, stays as
it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.translation import get_language, gettext

from integration.canonical.kinds import Kind
from integration.errors import SyncFailure
from synclog.nouns import one

# Where one sentence ends and the next begins.
BETWEEN = re.compile(r"(?<=[.!?]) ")
PLACES = Formatter()
# What kinds are called in those sentences; the longer before those it begins with.
LONGER_FIRST = sorted(map(str, Kind), key=len, reverse=True)
KINDS = {name: kind for kind in LONGER_FIRST for name in (kind, kind.replace("_", " "))}
# Sentences that stand in sentences: the deepest anybody writes. What is longer, or more
# in a row, was said by a platform, and is not worth the search.
DEPTH = 3
LONGEST = 1_000
IN_A_ROW = 8


class Shape(NamedTuple):
    """A text with named facts and how it is said. It `fits` where no fact holds an end
    of a sentence, and `may_fit` where one does; `mark` is its longest run of words,
    which tells most texts apart at once.
    """

    mark: str
    fits: re.Pattern[str]
    may_fit: re.Pattern[str]
    said: str


def said(text: str, depth: int = DEPTH) -> str:
    """One or several sentences in the reader's language, as far as they are known."""
    language = get_language() or "en"
    strange = len(text) > LONGEST or len(BETWEEN.findall(text)) >= IN_A_ROW
    if not text or strange or depth == 0 or language.startswith("en"):
        return text
    known = _one(text, language, depth)
    if known is None:
        known = _row(text, language, depth)
    if known is None:
        known = _one(text, language, depth, loosely=True)
    return _begin(text, language, depth) if known is None else known


def told(failure: SyncFailure) -> str:
    """What happened and what to do about it, in the reader's language."""
    return f"{said(failure.message)} {said(failure.hint)}".strip()


def _one(text: str, language: str, depth: int, loosely: bool = False) -> str | None:
    """A text of the catalogue; None where none fits."""
    plain = gettext(text)
    if plain != text:
        return plain
    for shape in _shapes(language):
        if shape.mark not in text:
            continue
        found = (shape.may_fit if loosely else shape.fits).fullmatch(text)
        if found is None:
            continue
        given = found.groupdict().items()
        facts = {name: (fact, _fact(fact, depth)) for name, fact in given}
        # Several sentences that nobody knows are no fact of this one.
        if any(BETWEEN.search(old) and old == new for old, new in facts.values()):
            continue
        return shape.said.format(**{name: new for name, (_, new) in facts.items()})
    return None


def _row(text: str, language: str, depth: int) -> str | None:
    """Several texts of the catalogue in a row; None where one of them is unknown."""
    for first, after in _beginnings(text, language, depth):
        rest = _one(after, language, depth) or _row(after, language, depth)
        if rest is not None:
            return f"{first} {rest}"
    return None


def _begin(text: str, language: str, depth: int) -> str:
    """What is known of its beginning, and the rest as it is."""
    for first, after in _beginnings(text, language, depth):
        return f"{first} {after}"
    return text


def _beginnings(text: str, language: str, depth: int) -> Iterator[tuple[str, str]]:
    """The beginnings that are a text of the catalogue, as said, and what comes after
    each; the longest first."""
    for split in reversed(list(BETWEEN.finditer(text))):
        first = _one(text[: split.start()], language, depth)
        if first is not None:
            yield first, text[split.end() :]


def _fact(fact: str, depth: int) -> str:
    if fact in KINDS:
        return one(KINDS[fact]).lower()
    return said(fact, depth - 1)


@cache
def _shapes(language: str) -> tuple[Shape, ...]:
    """The texts with facts in a language's catalogue, the most particular first."""
    found: dict[str, str] = {}
    for folder in settings.LOCALE_PATHS:
        compiled = Path(folder) / language / "LC_MESSAGES" / "django.mo"
        if compiled.is_file():
            with compiled.open("rb") as stream:
                found |= {str(each.id): str(each.string) for each in read_mo(stream)}
    shapes = (_shape(text, words) for text, words in found.items() if _has_facts(text))
    return tuple(sorted(shapes, key=lambda shape: -len(shape.mark)))


def _has_facts(text: str) -> bool:
    try:
        names = [name for _, name, _, _ in PLACES.parse(text) if name is not None]
    except ValueError:
        return False
    # Braces may mean themselves, as in an example of JSON.
    return bool(names) and all(name.isidentifier() for name in names)


def _shape(text: str, words: str) -> Shape:
    parts = list(PLACES.parse(text))
    mark = max((plain for plain, *_ in parts), key=len)
    within = r"(?:(?![.!?] ).)+?"
    return Shape(mark, _looks(parts, within), _looks(parts, ".+?"), words)


def _looks(parts: Sequence[Any], fact: str) -> re.Pattern[str]:
    looks = ""
    for plain, name, _, _ in parts:
        looks += re.escape(plain)
        if name:
            # "order status 81" is a kind and a number, not an order called status.
            known = "|".join(KINDS) + "|" if name.startswith("kind") else ""
            looks += f"(?P<{name}>{known}{fact})"
    return re.compile(looks, re.DOTALL)
