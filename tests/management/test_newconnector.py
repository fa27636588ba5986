"""`manage.py newconnector`: a platform is added without touching any other file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = ("connectors/acme/", "tests/connectors/acme/")


def listed(folder: Path) -> list[str]:
    """The files of the project in a folder: what git holds or would add."""
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in found.stdout.split("\0") if (folder / name).is_file()]


def digests(folder: Path) -> dict[str, bytes]:
    """A digest of every file in a folder, left out what running leaves behind."""
    return {
        str(path.relative_to(folder)): blake2b(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".git"} & set(path.parts)
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as it stands, in a folder of its own."""
    for name in listed(ROOT):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return tmp_path


def ran(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in the copy, with the tests' own environment."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"DATABASE_URL": f"sqlite:///{folder / 'try.sqlite3'}"}
    environment.pop("PYTEST_ADDOPTS", None)
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_a_new_connector_keeps_every_promise_and_changes_no_other_file(
    copy: Path,
) -> None:
    before = digests(copy)
    made = ran(copy, sys.executable, "manage.py", "newconnector", "acme")
    assert made.returncode == 0, made.stderr
    after = digests(copy)
    assert {name: after.get(name) for name in before} == before
    new = set(after) - set(before)
    assert new == set(made.stdout.split())
    assert all(name.startswith(OWN) for name in new)
    options = ("-q", "-p", "no:cacheprovider", "-k", "acme")
    suite = ran(copy, sys.executable, "-m", "pytest", "tests/contract", *options)
    assert suite.returncode == 0, suite.stdout
    assert " passed" in suite.stdout
    style = ran(copy, tool("ruff"), "check", "--no-cache", *OWN)
    assert style.returncode == 0, style.stdout
    form = ran(copy, tool("ruff"), "format", "--check", "--no-cache", *OWN)
    assert form.returncode == 0, form.stdout
    layers = ran(copy, tool("lint-imports"), "--no-cache", "--no-logo")
    assert "connectors.acme" not in layers.stdout, layers.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crystal",), "is there already"),
        (("Acme-Shop",), "is no name for a package"),
        (("import",), "is no name for a package"),
        (("acme", "--label", 'A "shop"'), "A label has no quotes"),
        (("a" * 40,), "at most"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_written(
    copy: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = digests(copy)
    ended = ran(copy, sys.executable, "manage.py", "newconnector", *arguments)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert digests(copy) == before
