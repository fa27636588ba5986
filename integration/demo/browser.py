"""A person's browser at a platform's sign-in: goes there, says yes, is sent back."""

from __future__ import annotations

from urllib.parse import urlsplit

from integration.demo.outside import Refused, door
from integration.http.auth import NoAuth
from integration.http.reply import Reply


def allow(url: str) -> None:
    """Open the page a platform asks its question on, say yes, and follow it back to
    Weft. Refused where either page says that it came to nothing."""
    asked = _opened(url)
    back = asked.headers.get("Location", "")
    if not back:
        raise Refused(f"The sign-in was not offered: {_said(asked)}")
    answered = _opened(back)
    if answered.status != 200:
        raise Refused(f"Weft did not take the sign-in: {_said(answered)}")


def _opened(url: str) -> Reply:
    parts = urlsplit(url)
    return door(f"{parts.scheme}://{parts.netloc}", NoAuth()).get(url)


def _said(reply: Reply) -> str:
    return f"{reply.status}: {reply.body[:300].decode(errors='replace')}"
