"""There is one door: nothing else in the tree speaks to the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOOR = ROOT / "integration" / "http"
FORBIDDEN = {"requests", "urllib3", "http.client", "urllib.request", "httpx", "aiohttp"}


def modules() -> Iterator[Path]:
    """Every module of the project but a sandbox: that one plays the platform."""
    for package in ("integration", "connectors", "synclog"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "sandbox" not in path.parts:
                yield path


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules that are there at run time, not for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def offences(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    if DOOR not in path.parents:
        yield from FORBIDDEN & set(imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "verify":
            value = node.value
            if isinstance(value, ast.Constant) and value.value is False:
                yield "verification switched off"
        if isinstance(node, ast.Attribute) and node.attr in (
            "CERT_NONE",
            "_create_unverified_context",
        ):
            yield node.attr


def test_only_the_door_speaks_to_the_network_and_always_verifies() -> None:
    found = {str(path.relative_to(ROOT)): list(offences(path)) for path in modules()}
    assert "integration/http/client.py" in found
    assert {name: what for name, what in found.items() if what} == {}


def test_the_scan_sees_what_it_looks_for(tmp_path: Path) -> None:
    for source in (
        "import requests",
        "from requests import get",
        "from urllib import request",
        "import urllib.request",
        "fetch(url, verify=False)",
        "context.verify_mode = ssl.CERT_NONE",
    ):
        file = tmp_path / "module.py"
        file.write_text(source)
        assert list(offences(file)), source
