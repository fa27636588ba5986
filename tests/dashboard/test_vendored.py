"""What we took from others is as they made it, and says under which licence."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "integration" / "static" / "vendor"
SUMS = VENDOR / "SHA256SUMS"


def listed() -> dict[str, str]:
    """The sums by file, as the list has them."""
    pairs = [line.split(maxsplit=1) for line in SUMS.read_text().splitlines()]
    return {name.strip().removeprefix("./"): told for told, name in pairs}


def test_every_file_has_the_sum_the_list_names_and_none_is_left_out() -> None:
    there = {
        str(path.relative_to(VENDOR)): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != SUMS
    }
    assert there == listed()


def test_every_package_names_its_version_and_brings_its_licence() -> None:
    packages = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert packages
    for package in packages:
        name, _dash, version = package.name.rpartition("-")
        assert name, package.name
        assert version[0].isdigit(), package.name
        assert "Copyright" in (package / "LICENSE").read_text()
