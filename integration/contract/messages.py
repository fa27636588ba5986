"""What passes between the engine and a connector: rows, pages, selections, writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from integration.canonical.record import Record
from integration.errors import SyncFailure

Json = Any
Settings = Mapping[str, Any]
Secrets = Mapping[str, str]
NOTHING: Mapping[str, str] = MappingProxyType({})


class Raw(NamedTuple):
    """One row of a stream, as the platform sent it.

    `body` is its JSON; None is a stub: "this changed, fetch it". `version` orders its
    states (sortable text). `gone` says the platform itself calls it removed, `moved_to`
    that it was merged into the thing of that id. A row of a list of parts names its
    `owner`; a row of a list that has parts names there what else its parts may call it
    by (an item's code, beside its id).
    """

    external_id: str
    body: bytes | None
    owner: str = ""
    version: str = ""
    gone: bool = False
    moved_to: str = ""


class Page(NamedTuple):
    """Some rows of a read.

    `resume` is where this read goes on (None: this was the last page). `mark` is where
    the cursor may move once all pages so far are stored. `wait`: not ready yet, come
    back with `resume` after this long.
    """

    items: Sequence[Raw]
    resume: str | None
    mark: str | None = None
    wait: timedelta | None = None


class Changed(NamedTuple):
    """What changed since the cursor, or since `since` where it is given."""

    since: str | None = None


class These(NamedTuple):
    """These ids and what belongs to them."""

    ids: tuple[str, ...]


class Oldest(NamedTuple):
    """The `n` rows not seen for longest."""

    n: int


class Everything(NamedTuple):
    """All there is; `resend` also writes what is believed to be there already."""

    resend: bool = False


class Missing(NamedTuple):
    """What the platform lists since then and we have never seen."""

    since: datetime


class Again(NamedTuple):
    """Map what is stored anew, all of it or these ids; costs no call.

    What differs from before is owed as ever; of the kind `owing` all of it is.
    """

    ids: tuple[str, ...] = ()
    owing: str = ""


Selection = Changed | These | Oldest | Everything | Missing | Again


class Action(StrEnum):
    """What a write does on the platform."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


class Outgoing(NamedTuple):
    """One write. `uid` is the record's, stable for ever: the mark we leave.

    `key` names this intent; `payload` is frozen with it. `handles` are secondary ids
    kept from earlier outcomes (image address -> id there).
    """

    uid: str
    action: Action
    external_id: str | None
    payload: Json
    key: str
    handles: Mapping[str, str] = NOTHING


class Outcome(NamedTuple):
    """What became of one `Outgoing`. With id and error: it exists but is unfinished.

    `parts` maps a part's SKU to its id there. `echo` is the platform's answer as
    (stream, row) where it has that stream's shape: a read for free. `pending` is what
    to ask `Writer.poll` by: it was taken, and does not show yet.
    """

    uid: str
    external_id: str | None = None
    error: SyncFailure | None = None
    parts: Mapping[str, str] = NOTHING
    handles: Mapping[str, str] = NOTHING
    echo: Sequence[tuple[str, Raw]] = ()
    pending: str = ""


class Wanted(NamedTuple):
    """A record to find on the platform: by our mark `uid`, then by natural key.

    `by` are the names of those it may be found by; empty: all it has.
    """

    uid: str
    record: Record
    by: tuple[str, ...] = ()

    def keys(self) -> Mapping[str, str]:
        """The natural keys to look for, by name."""
        keys = self.record.keys()
        return {k: text for k, text in keys.items() if not self.by or k in self.by}


class Found(NamedTuple):
    """What `find` found; two ids mean ambiguous. `by` is "mark" or the key's name."""

    uid: str
    external_ids: tuple[str, ...]
    by: str


class Event(NamedTuple):
    """What a webhook says to look at; its body is never used as data.

    Without `ids` something of the list changed. `account` tells whose it is where one
    address serves all of a platform's accounts.
    """

    stream: str
    ids: tuple[str, ...]
    id: str = ""
    topic: str = ""
    account: str = ""


class Request(NamedTuple):
    """An HTTP call a platform makes on us, body untouched."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """What we answer a platform."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = NOTHING


class Verdict(StrEnum):
    """How far a webhook can be believed."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    FORGED = "forged"


class Picture(NamedTuple):
    """A picture's bytes and their content type, "" where the platform tells none."""

    body: bytes
    type: str = ""


class Finding(NamedTuple):
    """One stage of a connection test, in the order a merchant reads them."""

    stage: str
    ok: bool
    message: str
    hint: str = ""
    facts: Mapping[str, str] = NOTHING
