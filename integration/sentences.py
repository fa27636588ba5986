"""The sentences of the engine and the connectors, gathered from their code.

Those parts know no language: they raise, store and log plain English, with the facts
filled in. For the catalogues each becomes a text with named places, `f"{target} takes
no {kind}."` as `{target} takes no {kind}.`; `synclog.saying` finds it again by that
shape. What begins with a capital or a fact and ends as a sentence does is one. The
names of a connection test's stages and facts are gathered as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (
    "connectors",
    "integration/contract",
    "integration/engine",
    "integration/http",
    "integration/jobs",
    "integration/oauth",
)
FILES = ("integration/errors.py", "synclog/problem.py")
# They speak as the platforms do.
LEFT_OUT = "/sandbox/"
ENDS = (".", "!", "?")
NAME = re.compile(r"\W+")
FACT = re.compile(r"\{\w+\}")


def files(root: Path) -> list[Path]:
    """The modules whose sentences are gathered."""
    found = [path for each in FOLDERS for path in (root / each).rglob("*.py")]
    found += [root / name for name in FILES if (root / name).is_file()]
    return sorted(path for path in found if LEFT_OUT not in path.as_posix())


def gathered(path: Path) -> Iterator[tuple[int, str]]:
    """Every sentence of a module with its line, facts as `{names}`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) for part in _inside(node)}
    for node in ast.walk(tree):
        yield from _stages(node)
        if id(node) in inner or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        text = shape(node)
        if _is_sentence(text):
            yield node.lineno, text


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What is part of a longer text, and what stands by itself for programmers."""
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    if isinstance(node, ast.Expr):
        yield node.value


def _stages(node: ast.AST) -> Iterator[tuple[int, str]]:
    """What a connection test calls its stages and facts, as they begin a line."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding"):
        return
    facts = [each.value for each in node.keywords if isinstance(each.value, ast.Dict)]
    words = [*node.args[:1], *(key for each in facts for key in each.keys)]
    for word in words:
        if isinstance(word, ast.Constant) and isinstance(word.value, str):
            told = word.value.replace("_", " ")
            yield word.lineno, told[:1].upper() + told[1:]


def shape(node: ast.Constant | ast.JoinedStr) -> str:
    """A text with a named place for each fact in it; empty where it is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    found: list[str] = []
    names: list[str] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            names.append(_named(part.value, names))
            found.append(f"{{{names[-1]}}}")
        elif isinstance(part, ast.Constant):
            found.append(str(part.value).replace("{", "{{").replace("}", "}}"))
    return "".join(found)


def _named(fact: ast.expr, taken: list[str]) -> str:
    """What translators read for a fact: the last word of what fills it in."""
    while isinstance(fact, ast.Call) and fact.args:
        fact = fact.args[0]
    words = [word for word in NAME.split(ast.unparse(fact)) if word.isidentifier()]
    word = words[-1].strip("_") if words else "value"
    same = sum(each.rstrip("0123456789") == word for each in taken)
    return f"{word}{same + 1}" if same else word


def _is_sentence(text: str) -> bool:
    begins = text[:1].isupper() or text.startswith("{")
    worded = re.search("[a-z]{3}", FACT.sub("", text))
    # What is written with per cent signs goes to a log, or is in a catalogue already.
    return begins and bool(worded) and text.endswith(ENDS) and "%" not in text
