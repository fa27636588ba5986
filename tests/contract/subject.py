"""What a platform tells the contract suite of itself, in its own `subject.py`.

`tests/connectors/<platform>/subject.py` holds one `SUBJECT`; nothing shared changes
when a platform is added.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.connector import Connector
from integration.contract.context import Table
from integration.contract.messages import Request

if TYPE_CHECKING:
    from tests.contract.world import World

ROOT = Path(__file__).resolve().parent.parent / "connectors"
Json = Any


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One kind the platform takes, and how it is counted there.

    `case` names the fixture that is written. `ready` makes room for it in the sandbox
    and gives the ids its map will ask for. `owner` gives the id of the thing a facet
    is written to. `count` counts such things in the platform's ledger.
    """

    case: str
    count: Callable[[Json], int]
    ready: Callable[[World], Mapping[tuple[str, str], str]] = lambda world: {}
    owner: Callable[[World], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A platform's sandbox, sample settings and samples.

    `settings` are those of a connection to the sandbox at a base URL; `facts`, `ids`,
    `lookups` and `pairs` are what its maps are told over the fixtures. `credentials`
    names, by secret field, the sandbox's credential where it is called otherwise.
    `fill` puts enough things into every list of `lists` that reading takes several
    pages; `touch` changes one of a list and gives its id and a text only its new state
    holds. `since` is a mark long ago. `path` picks the API's calls, as opposed to
    signing in; `refusals` are its own words for a status. `call` makes a webhook as it
    would be signed; `signed` is False where the platform signs none. `hurry` are the
    settings of somebody who soon gives up, `moved` what of its ledger any call moves.
    """

    settings: Callable[[str], dict[str, Any]]
    fill: Callable[[World], None]
    lists: tuple[str, ...]
    touch: Callable[[World, str], tuple[str, str]]
    since: str
    absent: str = "999999999"
    facts: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lookups: Mapping[str, Table] = field(default_factory=dict)
    pairs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    hurry: Mapping[str, Any] = field(default_factory=dict)
    signed: bool = True
    moved: tuple[str, ...] = ()
    path: str = ""
    refusals: Mapping[int, str] = field(default_factory=dict)
    samples: Mapping[Kind, Sample] = field(default_factory=dict)
    call: Callable[[str, bytes], Request] | None = None
    body: bytes = b"{}"


def subject(key: str) -> Subject:
    """What the platform of that key declares for the suite."""
    found: Subject = importlib.import_module(f"tests.connectors.{key}.subject").SUBJECT
    return found


def connectors() -> list[Connector]:
    """Every connector there is."""
    return list(registry.connectors().values())


def fixtures(key: str) -> Path:
    """The folder of a platform's fixtures."""
    return ROOT / key / "fixtures"
