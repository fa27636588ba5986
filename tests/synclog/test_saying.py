"""English sentences of the engine and connectors are found again in the catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import override

from integration import sentences, translations
from integration.errors import BadConfig
from synclog.saying import said, told

ROOT = translations.ROOT
TAKEN = "Depot already takes its product from Shop A."


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def with_facts() -> Iterator[str]:
    """Every sentence of the code that facts are filled into."""
    for path in sentences.files(ROOT):
        for _, text in sentences.gathered(path):
            if "{" in text and "{{" not in text and "%" not in text:
                try:
                    named = places(text)
                except ValueError:
                    continue
                if named and all(name.isidentifier() for name in named):
                    yield text


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_sentence_is_said_with_its_own_facts(language: str) -> None:
    path = ROOT / translations.LOCALES / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as source:
        known = {each.id: str(each.string) for each in read_po(source, locale=language)}
    wrong = []
    for text in with_facts():
        facts = {name: f"<{name}-7>" for name in places(text)}
        if places(known[text]) != places(text):
            wrong.append(known[text])
            continue
        with override(language):
            if said(text.format(**facts)) != known[text].format(**facts):
                wrong.append(text)
    assert wrong == []


def test_in_english_and_where_nothing_fits_it_stays_as_it_is() -> None:
    assert said(TAKEN) == TAKEN
    with override("sv"):
        assert said(TAKEN) != TAKEN
        assert said("El SKU ya existe.") == "El SKU ya existe."
        assert said("") == ""


def test_a_kind_is_named_as_pages_name_it() -> None:
    with override("sv"):
        assert "produkt" in said(TAKEN)


def test_sentences_in_a_row_are_each_said_and_the_rest_stays() -> None:
    with override("sv"):
        first, hint = said(TAKEN), said("Weft tries again by itself.")
        assert hint != "Weft tries again by itself."
        assert told(BadConfig("a", TAKEN, hint="Weft tries again by itself.")) == (
            f"{first} {hint}"
        )
        assert said(f"{TAKEN} Weft tries again by itself.") == f"{first} {hint}"
        assert said(f"{TAKEN} Que lástima.") == f"{first} Que lástima."


def test_a_sentence_in_a_sentence_is_said_as_well() -> None:
    inner, rest = TAKEN, "Whether it was done there is not known."
    with override("sv"):
        whole = said(f"{inner} {rest}")
        assert whole.startswith(said(inner))
        assert "known" not in whole


def test_a_kind_of_two_words_is_told_from_what_follows_it() -> None:
    with override("sv"):
        assert "81" in said("The order status 81 is not known in Depot.")
        assert "status 81" not in said("The order status 81 is not known in Depot.")


def test_what_is_endless_is_not_searched() -> None:
    endless = "Stopped. " * 300 + "is not known in " * 100
    with override("sv"):
        assert said("Stopped.") != "Stopped."
        assert said(endless) == endless
