"""`manage.py newconnector`: writes a working connector to make one's own from."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SKELETON = Path(__file__).resolve().parent.parent / "skeleton"
# What is replaced in every file: the folder's name, and what merchants read.
KEY, LABEL = "__key__", "__label__"
LONGEST = 20


class Command(BaseCommand):
    """Makes two folders, under `connectors` and `tests/connectors`; no other change."""

    help = "Write the skeleton of a connector; it passes the contract suite as it is"
    # A connector that does not load must not stand in the way of a new one.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="the folder's name, such as acme")
        parser.add_argument("--label", default="", help="what merchants read")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"]
        label = options["label"] or key.replace("_", " ").title()
        _check(key, label)
        root = Path(settings.BASE_DIR)
        places = {
            SKELETON / "connector": root / "connectors" / key,
            SKELETON / "tests": root / "tests" / "connectors" / key,
        }
        for folder in places.values():
            if folder.exists():
                raise CommandError(f"{folder.relative_to(root)} is there already.")
        for source, folder in places.items():
            for path in _copy(source, folder, key, label):
                self.stdout.write(str(path.relative_to(root)))
        self.stderr.write(
            "It works as it is, against its own sandbox. Try it: "
            f"pytest tests/contract -k {key}"
        )


def _check(key: str, label: str) -> None:
    """CommandError for names that files and texts could not bear."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key) or keyword.iskeyword(key):
        raise CommandError(
            f"“{key}” is no name for a package: small letters, digits, _."
        )
    if not label.isprintable() or set(label) & set("\"'\\{}%"):
        raise CommandError("A label has no quotes, backslashes, braces or %.")
    if len(key) > LONGEST or len(label) > LONGEST:
        raise CommandError(f"Key and label have at most {LONGEST} characters.")


def _copy(source: Path, folder: Path, key: str, label: str) -> list[Path]:
    """Every file of the skeleton with both names in their places."""
    made = []
    for path in sorted(each for each in source.rglob("*") if each.is_file()):
        target = folder / path.relative_to(source).with_name(
            path.name.removesuffix(".txt")
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(
            text.replace(KEY, key).replace(LABEL, label), encoding="utf-8"
        )
        made.append(target)
    return made
