"""Catalogues of translations: gathered from code and templates, merged, compiled.

`python -m integration.translations compile` needs no settings and no gettext tools;
`update` gathers every text and merges it into each language's catalogue; `extract`
prints the gathered texts as a template. Staff pages are English and are left out.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration import sentences

if TYPE_CHECKING:
    from babel.messages import Catalog

ROOT = Path(__file__).resolve().parent.parent
LOCALES = "integration/locale"
LANGUAGES = ("el", "sv")
CODE = ("integration", "synclog", "connectors")
TEMPLATES = "templates"
# English by design, or no words for people at all.
LEFT_OUT = ("templates/admin/", "integration/admin/", "integration/management/")
# As Babel says it: which argument is the text, its plural, its context.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NOTES = ("Translators:",)
Found = tuple[int, Any, Any, Any]


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compile the catalogues that are newer than what was compiled; those written."""
    texts = sorted((root / LOCALES).glob("*/LC_MESSAGES/django.po"))
    return [path for path in map(_compiled, texts) if path is not None]


def _compiled(text: Path) -> Path | None:
    target = text.with_suffix(".mo")
    if target.is_file() and target.stat().st_mtime >= text.stat().st_mtime:
        return None
    # A third of a second that most commands can do without.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with text.open("rb") as source:
        catalog = read_po(source, locale=text.parts[-3])
    # Whoever reads it meanwhile has the old one or the new one, never a half.
    half = target.with_suffix(".mo.new")
    with half.open("wb") as out:
        write_mo(out, catalog)
    os.replace(half, target)
    return target


def extracted(root: Path = ROOT) -> Catalog:
    """Every text of code and templates that people read, with where it stands: what
    is marked, what connectors declare, and the sentences of what knows no language."""
    from babel.messages import Catalog

    catalog = Catalog(project="Weft", charset="utf-8", fuzzy=False)
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        for line, message, comments, context in _texts(path):
            catalog.add(
                message, None, [(name, line)], auto_comments=comments, context=context
            )
    for path in sentences.files(root):
        name = path.relative_to(root).as_posix()
        for line, text in sentences.gathered(path):
            catalog.add(text, None, [(name, line)])
    for name, text in _declared() if root == ROOT else ():
        catalog.add(text, None, [(name, 1)])
    return catalog


def _declared() -> Iterator[tuple[str, str]]:
    """What connectors ask merchants for, by the file that declares it.

    A connector knows no framework: its words are looked up where they are shown.
    """
    from integration.contract import registry

    for key, connector in sorted(registry.connectors().items()):
        writes = connector.writes.values()
        asked = [*connector.fields, *(each for way in writes for each in way.options)]
        words = [text for each in asked for text in (each.label, each.help)]
        for pair in (each for way in writes for each in way.pairs):
            words += [pair.label, pair.help]
        for text in filter(None, dict.fromkeys(words)):
            yield f"connectors/{key}/__init__.py", text


def _files(root: Path) -> Iterator[Path]:
    code = [path for each in CODE for path in (root / each).rglob("*.py")]
    pages = [
        path
        for path in (root / TEMPLATES).rglob("*")
        if path.suffix in (".html", ".txt")
    ]
    for path in sorted([*code, *pages]):
        if not path.relative_to(root).as_posix().startswith(LEFT_OUT):
            yield path


def _texts(path: Path) -> Iterator[Found]:
    from babel.messages.extract import extract

    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_code(source)
    stream = io.BytesIO(source.encode())
    yield from extract("python", stream, KEYWORDS, NOTES, {"encoding": "utf-8"})


def _as_code(template: str) -> str:
    """A template as calls of gettext, on the lines where its texts stand."""
    from django.utils.translation import templatize

    # The rest of a page is no code; its indentation would be taken for one.
    return "\n".join(line.lstrip() for line in templatize(template).split("\n"))


def update_all(languages: Sequence[str] = (), root: Path = ROOT) -> list[Path]:
    """Merge the gathered texts into each language's catalogue; those written.

    What is not used any more goes; a text that changed a little keeps its translation,
    marked as fuzzy, and is shown in English until somebody has looked at it.
    """
    from babel.messages import Catalog
    from babel.messages.pofile import read_po, write_po

    template = extracted(root)
    written = []
    for language in languages or LANGUAGES:
        path = root / LOCALES / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=language, project="Weft", fuzzy=False)
        if path.is_file():
            with path.open("rb") as source:
                catalog = read_po(source, locale=language)
        catalog.update(template, update_header_comment=False)
        with path.open("wb") as out:
            write_po(out, catalog, width=88, ignore_obsolete=True, sort_by_file=True)
        written.append(path)
    return written


def main(arguments: Sequence[str]) -> int:
    """One of compile, extract and update; 2 where it is none of them."""
    name, *rest = arguments or [""]
    deeds: dict[str, Callable[[], list[Path]]] = {
        "compile": compile_all,
        "update": lambda: update_all(rest),
    }
    if name == "extract":
        from babel.messages.pofile import write_po

        write_po(sys.stdout.buffer, extracted(), width=88, sort_by_file=True)
        return 0
    if name not in deeds:
        sys.stderr.write("compile, extract, or update [language ...]\n")
        return 2
    for path in deeds[name]():
        sys.stderr.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
