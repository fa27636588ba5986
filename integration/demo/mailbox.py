"""The mails Weft sent, as they lie in the demonstration's own folder."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

# What the file backend puts between two mails of a file.
BETWEEN = b"-" * 79


def subjects(folder: Path, to: str) -> list[str]:
    """The subjects of all mails to an address, oldest first, each on one line."""
    sent = (mail for mail in _mails(folder) if to in str(mail["To"]))
    return [" ".join(str(mail["Subject"]).split()) for mail in sent]


def _mails(folder: Path) -> Iterator[EmailMessage]:
    for file in sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime):
        for part in file.read_bytes().split(BETWEEN):
            if part.strip():
                mail = message_from_bytes(part.lstrip(), policy=policy.default)
                assert isinstance(mail, EmailMessage)  # noqa: S101  the policy's class
                yield mail
