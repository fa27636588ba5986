"""Trace: which request this is, for whom and by whom; logs and the audit carry it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Trace:
    """One request or one piece of work. `address` is where the person sat, `actor` the
    program that acts where no person does."""

    request_id: str = ""
    address: str = ""
    actor: str = ""
    tenant: str = ""
    connection: str = ""
    run: int | None = None


_now: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """What is under way in this thread; None outside requests and work."""
    return _now.get()


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Everything inside belongs to this."""
    token = _now.set(trace)
    try:
        yield trace
    finally:
        _now.reset(token)
