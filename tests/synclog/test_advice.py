"""Every code that can be raised is told in words a merchant can act on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What is no failure told to a merchant: rows of other tables, and queries.
ELSEWHERE = {"FieldMap", "Lookup", "Entry", "filter", "exclude", "update", "Q"}
# Names of constants that hold a code.
CONSTANTS = ("_TAKEN", "MAY_EXIST", "LOST")
# Programs that play a platform, and the platforms' things themselves.
NOT_OURS = {"sandbox", "demo", "migrations", "canonical", "admin", "models"}


def sources() -> Iterator[ast.Module]:
    for package in ("integration", "connectors", "synclog"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if not NOT_OURS & set(path.relative_to(ROOT).parts):
                yield ast.parse(path.read_text())


def texts(node: ast.expr | None) -> Iterator[str]:
    """The texts an expression may be; `*` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*"
            for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def codes_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and called(node) not in ELSEWHERE:
        yield from passed(node)
    elif isinstance(node, ast.ClassDef):
        for line in node.body:
            if isinstance(line, ast.Assign):
                yield from named(line, lambda name: name == "code")
    elif isinstance(node, ast.Assign):
        yield from named(node, lambda name: name.endswith(CONSTANTS))


def passed(node: ast.Call) -> Iterator[str]:
    """Codes handed to a failure, a problem, or the table of a platform's texts."""
    for keyword in node.keywords:
        if keyword.arg == "code":
            yield from texts(keyword.value)
    place = {"Problem": 2, "Words": 1}.get(called(node))
    if place is not None and len(node.args) > place:
        yield from texts(node.args[place])


def named(node: ast.Assign, fits: Callable[[str], bool]) -> Iterator[str]:
    """The texts of names that fit, one or several set at once."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(target.elts, value.elts, strict=False))
    else:
        pairs = [(target, value)]
    for name, text in pairs:
        if isinstance(name, ast.Name) and fits(name.id):
            yield from texts(text)


CODES = sorted(
    {code for tree in sources() for node in ast.walk(tree) for code in codes_of(node)}
)


def test_codes_are_found_where_they_are_raised() -> None:
    known = {"unpaired", "number_taken", "account_archived", "parked", "*_missing"}
    assert known <= set(CODES)
    assert len(CODES) > 70


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_told_in_words(code: str) -> None:
    from synclog.advice import ADVICE, ENDINGS

    if "*" in code:
        assert code.removeprefix("*") in ENDINGS
        return
    told = ADVICE[code]
    for text in (told.title, told.happened, told.act, told.then):
        assert len(str(text)) > 3
    assert str(told.title)[-1] != "."
    assert str(told.act).endswith(".")


def test_a_platform_s_own_code_is_told_by_who_acts() -> None:
    from synclog.advice import Mend, advice_for

    assert advice_for("rest_oddity", "connection").mend == Mend.CONNECTION
    assert advice_for("rest_oddity", "item").mend == Mend.ITEM
    assert advice_for("weight_missing").title == advice_for("field_empty").title
