"""Every line of what Weft must do has a test that proves it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.lines import FILES, LINES

TESTS = Path(__file__).parent.parent


@cache
def named_in(file: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((TESTS / f"{file}.py").read_text())
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef)
    )


def test_no_line_is_left_out() -> None:
    numbers = [f"G-{n:02}" for n in range(1, 27)] + [f"T-{n:02}" for n in range(1, 15)]
    assert list(LINES) == numbers


@pytest.mark.parametrize("number", LINES)
def test_every_line_is_proven_by_tests_that_are_there(number: str) -> None:
    assert LINES[number].proofs
    for proof in LINES[number].proofs:
        name, _, test = proof.partition(".")
        assert test.startswith("test_")
        assert test in named_in(FILES[name]), f"{number}: {proof}"
