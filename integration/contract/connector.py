"""A connector declares itself here: who it is, what it reads, writes and asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from integration.canonical.kinds import FACETS, MADE_OF, PARTS, Kind
from integration.canonical.record import Record
from integration.canonical.shop import Entry
from integration.contract.grant import OAuth, Opened
from integration.contract.mapping import FieldMap
from integration.contract.messages import (
    Answer,
    Event,
    Finding,
    Found,
    Outcome,
    Outgoing,
    Page,
    Picture,
    Raw,
    Request,
    Secrets,
    Settings,
    Verdict,
    Wanted,
)
from integration.http.auth import Auth
from integration.http.client import Http
from integration.http.limits import Limit

# What a connector's own client looks like is its own affair.
Client = Any


class Reader(Protocol):
    """Yields a platform's rows; every stream it is asked for is one it declared."""

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """Pages of what changed since the mark `since` (None: everything).

        `resume` continues where an earlier read of the same selection stopped.
        """

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """These rows, and any neighbours that came for free.

        An id not yielded at the end is gone.
        """

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Ids of what came to be since then; cheap, for finding what was missed."""


class Writer(Protocol):
    """Finds and writes things of the kinds its connector declares."""

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """The counterparts that exist already; nothing is yielded for the others."""

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """One outcome per outgoing. Raising concerns the whole batch (see errors)."""


class Poller(Writer, Protocol):
    """A writer whose platform takes things long before it shows them."""

    def poll(self, kind: Kind, pending: Sequence[Outcome]) -> Iterator[Outcome]:
        """What became of these (their `uid` and `pending`): an outcome with an id or an
        error where it is known; nothing is yielded for those still on their way."""


class Webhooks(Protocol):
    """Receives a platform's calls and keeps its subscriptions in order."""

    def greet(self, request: Request) -> Answer | None:
        """The answer to a handshake or ping; None: this is an event."""

    def verify(self, request: Request) -> Verdict:
        """Whether the raw bytes carry a valid signature."""

    def events(self, request: Request) -> Iterator[Event]:
        """Which rows the call is about; ids only."""

    def sync(
        self, client: Client, url: str | None, secret: str, streams: Collection[str]
    ) -> None:
        """Register at `url` what is missing for `streams`, revive what was disabled,
        drop what is stray of ours; `url` None: remove all of ours."""


# A mark of a TIME cursor: UTC, so that later is greater as text. A reader also takes
# one with a fraction or an offset behind it.
TIME_MARK = "%Y-%m-%dT%H:%M:%S"


class CursorType(StrEnum):
    """How a stream tells what is new; TIME marks are written as `TIME_MARK`."""

    TIME = "time"
    REVISION = "revision"
    TOKEN = "token"  # noqa: S105  a kind of cursor, not a password
    NONE = "none"


class Style(StrEnum):
    """What an update carries: changed fields only, or all of them."""

    PARTIAL = "partial"
    FULL = "full"


class Repeat(StrEnum):
    """What makes a repeated create safe on the platform."""

    FIND = "find"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a connection needs to know; becomes a form field and an option.

    `type` is text, secret, bool, int, choice or url. `help` stands beside the field.
    """

    name: str
    label: str
    type: str = "text"
    required: bool = True
    default: Any = None
    choices: Sequence[str] = ()
    help: str = ""

    @property
    def secret(self) -> bool:
        """Whether the value is stored encrypted and never shown."""
        return self.type == "secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One list of the platform, and the canonical kinds its rows become.

    `overlap` seconds are read again each time. `gone_after` full reads without a row
    mean it is gone (0: absence means nothing). `full_every` and `read_every` are
    seconds between reads Weft makes on its own account (0: only as routes ask).
    `called` are the paths of what a merchant calls a row, for one that cannot be
    mapped; the first that is not empty counts.

    `parts` names the lists whose rows belong to this one's: a map then sees
    {"row": the row, list: [its parts], ...}, and a changed part maps its owner anew;
    `hurry` names those that are looked at when a person wants one thing at once (none:
    all), the others follow at their pace.
    `after` names lists that are brought up to date first. `along` names kinds that
    come along with a row but are no reason to read the list: orders bring the guests
    who bought, yet nobody reads orders for the sake of customers. `lookup` is the table
    that the rows of a list of entries fill. `at_once` is how many ids one `fetch`
    takes; 1 means a call for each, so such looks are spread over the day.
    """

    key: str
    maps: Sequence[FieldMap[Any]] = ()
    cursor: CursorType = CursorType.TIME
    ascending: bool = False
    overlap: int = 300
    fetchable: bool = True
    gone_after: int = 1
    full_every: int = 0
    read_every: int = 0
    called: Sequence[str] = ()
    parts: Sequence[str] = ()
    hurry: Sequence[str] = ()
    after: Sequence[str] = ()
    along: Sequence[Kind] = ()
    lookup: str = ""
    at_once: int = 100

    @property
    def all_kinds(self) -> tuple[Kind, ...]:
        """The kinds one row of this stream may become."""
        return tuple(fieldmap.target.kind for fieldmap in self.maps)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Those of them the list is read for."""
        return tuple(kind for kind in self.all_kinds if kind not in self.along)

    @property
    def main(self) -> Kind:
        """The kind a row of this stream is, beside what else comes along with it."""
        own = (kind for kind in self.kinds if kind not in (*FACETS, Kind.CATEGORY))
        return next(own, self.kinds[0] if self.kinds else Kind.LOOKUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words of a source that a merchant pairs with entries of the target's.

    `table` is the target's lookup the choice is made from, `fits` says which entries
    may be chosen, `words` which (word, what people call it) a record uses. `setting`
    names the connection's setting that serves every word without a pair.
    """

    key: str
    label: str
    table: str
    words: Callable[[Record], Iterator[tuple[str, str]]]
    fits: Callable[[Entry], bool] = lambda entry: entry.active
    setting: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """How one kind is written.

    `always` names payload fields every update carries; `on_create` those an update
    leaves out, each with the setting that sends it all the same ("": none). `volatile`
    names keys inside the payload whose change alone is no change (signed addresses).
    `repeat_setting` names the connection setting without which a repeat is never safe.
    `batch` is the most weight one call takes, `first` what to begin with, and `weigh`
    what one write weighs. `pairs` are the vocabularies its map asks for, `options` what
    a route may set in place of the connection's settings, and `guest` the setting that
    holds the account of those who buy without one. `every` gives the seconds between
    batches where a merchant wants what is new to be sent together (0: at once), and
    `shows_within` those until what the platform took can be found there.
    """

    map: FieldMap[dict[str, Any]]
    style: Style = Style.PARTIAL
    always: Sequence[str] = ()
    on_create: Mapping[str, str] = field(default_factory=dict)
    volatile: Sequence[str] = ()
    repeat: Repeat = Repeat.FIND
    repeat_setting: str = ""
    batch: int = 1
    first: int = 0
    weigh: Callable[[Outgoing], int] = lambda outgoing: 1
    pairs: Sequence[Vocabulary] = ()
    options: Sequence[Field] = ()
    guest: str = ""
    every: Callable[[Settings], int] = lambda settings: 0
    shows_within: Callable[[Settings], int] = lambda settings: 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A platform, as one declaration. `key` equals the folder's name.

    With `oauth` a person signs in at the platform, and `auth` is asked only where none
    did. With `app_webhooks` one address serves every account; its secrets are those the
    installation registered with the platform. `picture` gets one picture by its id, for
    those a map gives no public address (see `Image`); BadRecord where it is gone.
    `page_of` tells where people see a thing there, by kind and id: an https address.
    `offers` lists, by setting, what a person may choose once the platform lets us in:
    the sites or scenarios behind one set of keys. Each raises the failures of its API.
    """

    key: str
    label: str
    fields: Sequence[Field]
    account: Callable[[Settings], str]
    base_url: Callable[[Settings], str]
    auth: Callable[[Settings, Secrets], Auth]
    client: Callable[[Settings, Http], Client]
    probe: Callable[[Client], Iterator[Finding]]
    streams: Sequence[Stream] = ()
    writes: Mapping[Kind, Writes] = field(default_factory=dict)
    reader: Callable[[Client], Reader] | None = None
    writer: Callable[[Client], Writer] | None = None
    webhooks: Callable[[Settings, Secrets], Webhooks] | None = None
    limits: Callable[[Settings], Sequence[Limit]] = lambda settings: ()
    oauth: OAuth | None = None
    app_webhooks: Callable[[Secrets], Webhooks] | None = None
    picture: Callable[[Client, str], Picture] | None = None
    page_of: Callable[[Settings, str, str], str | None] = lambda *_: None
    offers: Mapping[str, Callable[[Client], Sequence[Opened]]] = field(
        default_factory=dict
    )

    def stream(self, key: str) -> Stream:
        """The stream of that name; KeyError where there is none."""
        for stream in self.streams:
            if stream.key == key:
                return stream
        raise KeyError(key)

    def streams_of(self, kind: Kind, *, along: bool = False) -> tuple[Stream, ...]:
        """The streams whose rows become things of `kind`, or of what it travels in;
        `along`: those with which it merely comes along as well."""
        carried = {kind, PARTS.get(kind, kind)}
        return tuple(
            each
            for each in self.streams
            if carried & set(each.all_kinds if along else each.kinds)
        )

    def parts_of(self, kind: Kind) -> tuple[Stream, ...]:
        """The lists that complete what brings `kind`: its parts and its lookups."""
        named = {
            name
            for stream in self.streams_of(kind)
            for name in (*stream.parts, *stream.after)
        }
        return tuple(stream for stream in self.streams if stream.key in named)

    def whole_of(self, part: Stream) -> Stream | None:
        """The list whose rows this one's are parts of; None where it stands alone."""
        return next((each for each in self.streams if part.key in each.parts), None)

    def tables(self) -> Mapping[str, Stream]:
        """The lookup tables, and the list that fills each."""
        return {stream.lookup: stream for stream in self.streams if stream.lookup}

    def takes(self, kind: Kind) -> Kind | None:
        """What this platform makes of a thing of `kind`: the same, or what it has in
        its place (an invoice of an order); None where it takes neither."""
        if kind in self.writes:
            return kind
        made = (made for made, source in MADE_OF.items() if source == kind)
        return next((each for each in made if each in self.writes), None)
