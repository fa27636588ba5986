"""The demonstration reads the mails that Weft's own backend wrote."""

from __future__ import annotations

from pathlib import Path

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend

from integration.demo import mailbox

LONG = (
    "3 invoices not written to Xero: Account code “200” has been archived, or deleted"
)


def write(folder: Path, *mails: tuple[str, str]) -> None:
    sent = [EmailMultiAlternatives(text, "Body", None, [to]) for text, to in mails]
    EmailBackend(file_path=str(folder)).send_messages(sent)


def test_a_long_subject_comes_back_on_one_line(tmp_path: Path) -> None:
    write(tmp_path, (LONG, "second@example.com"))
    assert mailbox.subjects(tmp_path, "second@example.com") == [LONG]


def test_each_mail_of_a_file_is_read_and_others_mail_is_left(tmp_path: Path) -> None:
    mine, other = "second@example.com", "merchant@example.com"
    write(tmp_path, ("One", mine), ("Two", other), ("Three", mine))
    assert mailbox.subjects(tmp_path, mine) == ["One", "Three"]


def test_a_folder_nobody_wrote_to_holds_none(tmp_path: Path) -> None:
    assert mailbox.subjects(tmp_path / "mail", "second@example.com") == []
