"""Texts are gathered from code and templates, merged, compiled, and shown."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from integration import translations

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy

def words(count):
    # Translators: what a button says
    return _("Send %(name)s") % {"name": 1}, ngettext("one", "many", count)

MONTH = pgettext_lazy("of the year", "May")
"""
SENTENCES = '''"""A module without a word for gettext."""

def check(target, kind, rows):
    """Raises what a merchant reads."""
    logger.info("went by")
    message = f"{target.label} takes no {kind} of {rows[0].kind} {{yet}}."
    raise BadConfig("kind", message, hint="Choose another.")

FOUND = Finding("address", True, "It answers", facts={"time_zone": "UTC"})
'''
PAGE = """{% load i18n %}
<p>{% translate "Nothing yet" %}</p>
  {% if x %}
        BLOCK
    {% endif %}
{% include "x" with title=_("A title") %} isn't "quoted
"""
BLOCK = (
    "{% blocktranslate count n=n with who=who %}{{ n }} event of {{ who }}"
    "{% plural %}{{ n }} events of {{ who }}{% endblocktranslate %}"
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project with one module and one page."""
    for path, text in {
        "integration/web/words.py": CODE,
        "integration/admin/words.py": CODE.replace("Send", "Staff"),
        "connectors/ours/client.py": SENTENCES,
        "connectors/ours/sandbox/app.py": SENTENCES.replace("Choose", "Never"),
        "templates/page.html": PAGE.replace("BLOCK", BLOCK),
        "templates/admin/page.html": PAGE.replace("Nothing", "Staff"),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def catalogue(house: Path, language: str = "sv") -> Path:
    return house / f"integration/locale/{language}/LC_MESSAGES/django.po"


def test_every_sort_of_text_is_found_on_its_line(house: Path) -> None:
    found = {
        (message.id, message.context): message.locations[0]
        for message in translations.extracted(house)
        if message.id
    }
    assert found == {
        ("Send %(name)s", None): ("integration/web/words.py", 6),
        (("one", "many"), None): ("integration/web/words.py", 6),
        ("May", "of the year"): ("integration/web/words.py", 8),
        ("{label} takes no {kind} of {kind2} {{yet}}.", None): (
            "connectors/ours/client.py",
            6,
        ),
        ("Choose another.", None): ("connectors/ours/client.py", 7),
        ("Address", None): ("connectors/ours/client.py", 9),
        ("Time zone", None): ("connectors/ours/client.py", 9),
        ("Nothing yet", None): ("templates/page.html", 2),
        (("%(n)s event of %(who)s", "%(n)s events of %(who)s"), None): (
            "templates/page.html",
            4,
        ),
        ("A title", None): ("templates/page.html", 6),
    }


def test_a_translation_is_kept_merged_compiled_and_shown(house: Path) -> None:
    translations.update_all(["sv"], house)
    path = catalogue(house)
    text = path.read_text()
    assert "#. Translators: what a button says" in text
    path.write_text(
        text.replace(
            'msgid "Nothing yet"\nmsgstr ""', 'msgid "Nothing yet"\nmsgstr "Inget än"'
        )
    )
    (house / "templates/more.html").write_text('{% translate "More" %}')
    translations.update_all(["sv"], house)
    assert 'msgstr "Inget än"' in path.read_text()
    assert 'msgid "More"' in path.read_text()
    (compiled,) = translations.compile_all(house)
    assert translations.compile_all(house) == []
    with compiled.open("rb") as stream:
        shown = gettext.GNUTranslations(stream)
    assert shown.gettext("Nothing yet") == "Inget än"
    assert shown.gettext("More") == "More"
    ahead = compiled.stat().st_mtime + 10
    os.utime(path, (ahead, ahead))
    assert translations.compile_all(house) == [compiled]


def test_a_text_that_changed_is_shown_in_english_until_somebody_looks(
    house: Path,
) -> None:
    translations.update_all(["sv"], house)
    path = catalogue(house)
    path.write_text(
        path.read_text().replace(
            'msgid "Nothing yet"\nmsgstr ""', 'msgid "Nothing yet"\nmsgstr "Inget än"'
        )
    )
    page = house / "templates/page.html"
    page.write_text(page.read_text().replace("Nothing yet", "Nothing yet."))
    translations.update_all(["sv"], house)
    assert "#, fuzzy" in path.read_text()
    (compiled,) = translations.compile_all(house)
    with compiled.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Nothing yet.") == "Nothing yet."


def test_an_unknown_command_says_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert translations.main(["translate"]) == 2
    assert "compile, extract, or update" in capsys.readouterr().err


def test_greek_and_swedish_are_complete() -> None:
    wanted = {(each.id, each.context) for each in translations.extracted() if each.id}
    for language in translations.LANGUAGES:
        path = (
            translations.ROOT
            / translations.LOCALES
            / language
            / "LC_MESSAGES"
            / "django.po"
        )
        with path.open("rb") as source:
            known = read_po(source, locale=language)
        done = {
            (each.id, each.context)
            for each in known
            if each.id and not each.fuzzy and all(_forms(each.string))
        }
        missing = [text for text, _ in wanted - done]
        assert missing == [], f"make messages, then translate into {language}"


def _forms(string: object) -> tuple[str, ...]:
    """The translation, in its singular and plural where it has both."""
    return string if isinstance(string, tuple) else (str(string or ""),)
