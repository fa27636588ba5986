"""Makes slugs from names the way WordPress does, non-Latin letters percent-encoded."""

import html
import re
import unicodedata
from collections.abc import Container
from urllib.parse import quote, unquote

LONGEST = 200
"""Bytes a slug may have; longer ones are cut between letters."""
LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
    }
)
DASHES = re.compile("[\u2010-\u2015\u00a0\u202f]")
SIGNS = re.compile("[\u00a1-\u00bf\u2018-\u203a\u2122\u20ac]")


def without_accents(text: str) -> str:
    """Turn accented Latin letters into plain ones; other letters stay as they are."""
    plain = []
    for letter in unicodedata.normalize("NFC", text).translate(LETTERS):
        base = unicodedata.normalize("NFD", letter)[0]
        plain.append(base if base.isascii() else letter)
    return "".join(plain)


def readable_slug(text: str) -> str:
    """Make the slug of a name with its non-Latin letters readable."""
    text = html.unescape(re.sub(r"<[^>]*>", "", unquote(text)))
    text = without_accents(text).lower().replace("\u00d7", "x")
    text = SIGNS.sub("", DASHES.sub("-", text))
    text = re.sub(r"[./]", "-", text)
    text = "".join(
        letter for letter in text if letter in " _-" or not _is_dropped(letter)
    )
    return re.sub(r"-+", "-", re.sub(r"\s+", "-", text)).strip("-")


def slug_of(text: str) -> str:
    """Make the slug of a name as the API shows it: lower-case percent-encoding."""
    return _shortened(readable_slug(text), LONGEST)


def free_slug(slug: str, taken: Container[str]) -> str:
    """Give the slug itself, or the first of `slug-2`, `slug-3`, … that is free."""
    if slug not in taken:
        return slug
    number = 2
    while True:
        ending = f"-{number}"
        candidate = _shortened(unquote(slug), LONGEST - len(ending)) + ending
        if candidate not in taken:
            return candidate
        number += 1


def _is_dropped(letter: str) -> bool:
    if letter.isascii():
        return not letter.isalnum() and not letter.isspace()
    return False


def _shortened(readable: str, longest: int) -> str:
    slug = ""
    for letter in readable:
        piece = letter if letter.isascii() else quote(letter).lower()
        if len(slug) + len(piece) > longest:
            break
        slug += piece
    return slug.rstrip("-")
