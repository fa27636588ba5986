"""An answer as connectors see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from integration.http import failures
from integration.http.body import Json, Unreadable, parse, slices

Read = TypeVar("Read")


class Reply(NamedTuple):
    """An answer. `url` is the one asked, before it was signed; `rows` are those of a
    list that is taken as it arrives, whose `body` stays empty."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""
    repeatable: bool = True
    rows: Iterator[bytes] | None = None

    def json(self) -> Json:
        """The body as JSON, decimal numbers as Decimal.

        Raises Transient when it is none, or Unknown where the call may have been done
        and must not simply be repeated.
        """
        return self._understood(parse)

    def slices(self, *path: str) -> list[bytes]:
        """The JSON list in the body, or the one under `path`, cut into its elements.

        Raises as `json` does.
        """
        return self._understood(lambda body: slices(body, *path))

    def _understood(self, read: Callable[[bytes], Read]) -> Read:
        try:
            return read(self.body)
        except Unreadable as error:
            problem = error
        safe = self.repeatable or self.status >= 400
        raise failures.of_content(problem, repeatable=safe, url=self.url)
