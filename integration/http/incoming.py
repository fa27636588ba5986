"""A list that is taken row by row as it arrives, within the bounds of any answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain
from typing import Any

from urllib3.exceptions import HTTPError

from integration.http import failures
from integration.http.body import Unreadable
from integration.http.connections import Progress, Stage
from integration.http.elements import Elements
from integration.http.rules import HttpRules
from integration.http.stream import Allowance, joined, pieces


class Incoming:
    """The body of one answer. Its time is that of the line: what is done with the rows
    in between does not count."""

    def __init__(
        self, raw: Any, encoding: str, rules: HttpRules, progress: Progress, url: str
    ) -> None:
        self._raw = raw
        self._rules = rules
        self._progress = progress
        self._url = url
        self._read_timeout = progress.read_timeout
        self._begun = time.monotonic()
        self._allowance = Allowance(
            rules.max_streamed, rules.max_streamed, rules.max_ratio, progress.deadline
        )
        self._parts = pieces(raw, encoding, self._allowance)

    def taken(self) -> tuple[Iterator[bytes] | None, bytes]:
        """The rows of a list, or the whole body of anything else.

        Raises as `read_body` does, the rows as a call does whose answer breaks off.
        """
        first = b""
        for part in self._parts:
            first = (first + part).lstrip()
            if first:
                break
        if first.startswith(b"["):
            return self._rows(first), b""
        self._allowance.received = self._rules.max_bytes
        self._allowance.expanded = self._rules.max_expanded
        return None, first + joined(self._parts)

    def _rows(self, first: bytes) -> Iterator[bytes]:
        try:
            yield from self._cut(first)
            self._raw.release_conn()
        except (HTTPError, OSError, Unreadable) as error:
            raise failures.of_line(
                error,
                stage=Stage.SENT,
                repeatable=True,
                url=self._url,
                waited=time.monotonic() - self._begun,
            ) from error
        finally:
            # Nothing is left to close of an answer that came whole.
            self._raw.close()

    def _cut(self, first: bytes) -> Iterator[bytes]:
        elements = Elements(self._rules)
        for part in chain((first,), self._timed()):
            for row in elements.feed(part):
                left = time.monotonic()
                yield row
                away = time.monotonic() - left
                self._allowance.deadline += away
                self._begun += away
        elements.end()

    def _timed(self) -> Iterator[bytes]:
        """The parts; a call made in between has left its own time on the line."""
        while True:
            self._progress.begin(self._allowance.deadline, self._read_timeout)
            part = next(self._parts, None)
            if part is None:
                return
            yield part
