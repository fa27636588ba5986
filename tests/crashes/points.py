"""Reads from the code where Weft writes: to its database, or to a platform."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("integration/engine", "integration/hooks", "synclog")

# Methods of managers, query sets and rows that change the database.
TO_DATABASE = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update",
    "update_or_create",
}
# What goes out to a platform, and rows sent past the objects: (owner, its method).
NAMED = {
    ("writer", "write"),
    ("hooks", "sync"),
    ("bulk", "insert"),
    ("bulk", "sending"),
}
# Functions of a module's own that run a statement worded by hand.
BY_HAND = {"_execute"}
# Given values by position, `update` is a dictionary's or a digest's.
KEYWORDS_ONLY = {"update"}

Block = ast.If | ast.While | ast.For | ast.With | ast.Try | ast.Match


class Point(NamedTuple):
    """One statement that writes, by where it stands: `first` to `last` line.

    `name` outlives changes elsewhere in the file: function, call, and which of several
    equal calls in that function it is.
    """

    path: str
    name: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.path.removeprefix('integration/')}:{self.name}"


def points() -> list[Point]:
    """Every statement that writes, in the order of the files."""
    found: list[Point] = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                found += _in_file(path)
    return found


def _in_file(path: Path) -> list[Point]:
    tree = ast.parse(path.read_text(), str(path))
    counts: dict[str, int] = {}
    found = []
    for function, statement, call in _calls(tree):
        name = f"{function}.{_called(call)}"
        counts[name] = counts.get(name, 0) + 1
        unique = name if counts[name] == 1 else f"{name}[{counts[name]}]"
        first, last = _span(statement, call)
        found.append(Point(str(path.relative_to(ROOT)), unique, first, last))
    return found


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.stmt, ast.Call]]:
    """Every call that writes, with its function and the innermost statement."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in ast.walk(function):
                if isinstance(statement, ast.stmt) and statement is not function:
                    for call in _own_calls(statement):
                        if _writes(call):
                            yield function.name, statement, call


def _own_calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls of a statement that are not in a statement within it."""
    waiting: list[ast.AST] = [
        child
        for child in ast.iter_child_nodes(statement)
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
    ]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Call):
            yield node
        waiting += ast.iter_child_nodes(node)


def _writes(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in BY_HAND
    if not isinstance(call.func, ast.Attribute):
        return False
    method = call.func.attr
    owner = call.func.value
    if isinstance(owner, ast.Name) and (owner.id, method) in NAMED:
        return True
    if method not in TO_DATABASE:
        return False
    return method not in KEYWORDS_ONLY or not call.args


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def _span(statement: ast.stmt, call: ast.Call) -> tuple[int, int]:
    """The lines of a statement; of a block's head, those of the call alone."""
    held = call if isinstance(statement, Block) else statement
    return held.lineno, held.end_lineno or held.lineno
