"""The shape of the code: who may import whom, and how long anything may be."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("integration", "connectors", "synclog")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def modules() -> list[Path]:
    """Every module written by hand, the tests included."""
    return [
        path
        for package in (*PACKAGES, "tests")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the layers of the tree in `folder`."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


VIOLATIONS = {
    "Data flows down the layers": (
        "integration/engine/upward.py",
        "import integration.jobs\n",
    ),
    "No connector knows another": (
        "connectors/crystal/neighbour.py",
        "import connectors.woocommerce\n",
    ),
    "Connectors and what they stand on know no framework": (
        "connectors/crystal/framework.py",
        "import django.db\n",
    ),
    "One door to the network": (
        "integration/engine/network.py",
        "import requests\n",
    ),
    "One door to the queue": (
        "integration/engine/queue.py",
        "import django_q.tasks\n",
    ),
    "The engine never names a connector": (
        "integration/engine/platform.py",
        "import connectors.crystal\n",
    ),
    "A sandbox is written without its connector": (
        "connectors/crystal/sandbox/cheating.py",
        "import connectors.crystal.mapping\n",
    ),
}


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_of_the_layers_is_found(contract: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path, text = VIOLATIONS[contract]
    (tmp_path / path).write_text(text)
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in " ".join(result.stdout.split())


def test_no_module_is_longer_than_a_reader_s_patience() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    assert lengths
    too_long = [
        f"{path.relative_to(ROOT)}: {length} lines"
        for path, length in lengths.items()
        if length > LONGEST_MODULE
    ]
    assert too_long == []


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert too_long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if (text := path.read_text()).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []
