"""Commands as a person runs them, and the road between the two sandboxed platforms."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.little import little
from tests.road import clock, road

__all__ = ["Ended", "clock", "little", "road", "run"]


class Ended(NamedTuple):
    """What a command printed, and what it ended with: "" where all went well."""

    out: str
    err: str
    error: str


@pytest.fixture
def run() -> Callable[..., Ended]:
    """Runs `manage.py <name> <arguments>`."""

    def command(name: str, *arguments: object) -> Ended:
        from django.core.management import CommandError, call_command

        out, err = io.StringIO(), io.StringIO()
        try:
            call_command(name, *map(str, arguments), stdout=out, stderr=err)
        except CommandError as error:
            return Ended(out.getvalue(), err.getvalue(), str(error))
        return Ended(out.getvalue(), err.getvalue(), "")

    return command
