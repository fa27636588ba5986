"""What every connector promises when things go wrong, and whom it believes."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from integration.canonical.kinds import Kind
from integration.contract.connector import Connector, Webhooks
from integration.contract.messages import Action, Request, Verdict
from integration.errors import (
    BadConfig,
    BadCredentials,
    Permanent,
    Stale,
    SyncFailure,
    Transient,
    Unknown,
)
from integration.http.redact import RedactingFilter
from tests.contract.subject import connectors, subject
from tests.contract.world import HELD, World, attempt

ALL = connectors()
READ = [connector for connector in ALL if connector.reader is not None]
KINDS = [(connector, kind) for connector in ALL for kind in connector.writes]
HEARING = [connector for connector in ALL if connector.webhooks is not None]
every_reader = pytest.mark.parametrize("connector", READ, ids=lambda each: each.key)
every_kind = pytest.mark.parametrize(
    ("connector", "kind"),
    KINDS,
    ids=[f"{connector.key}-{kind}" for connector, kind in KINDS],
)
SIGNED = [connector for connector in HEARING if subject(connector.key).signed]
UNSIGNED = [connector for connector in HEARING if not subject(connector.key).signed]
hearing = pytest.mark.parametrize("connector", SIGNED, ids=lambda each: each.key)
unsigned = pytest.mark.parametrize("connector", UNSIGNED, ids=lambda each: each.key)
Classes = tuple[type[SyncFailure], ...]

READING: dict[int, Classes] = {
    401: (BadCredentials,),
    403: (BadCredentials,),
    404: (Permanent,),
    409: (Permanent, Transient),
    422: (Permanent,),
    429: (Transient,),
    500: (Transient,),
    503: (Transient,),
}
WRITING: dict[int, Classes] = {
    401: (BadCredentials,),
    403: (BadCredentials,),
    404: (Permanent,),
    409: (Permanent, Stale),
    422: (Permanent,),
    429: (Transient,),
    500: (Unknown,),
    503: (Unknown,),
}
# Without a whole answer: how the answer is lost.
LOST = {
    "timeout_after": {"delay": HELD},
    "drop_after": {},
    "truncate": {},
    "garbage": {},
}
SECRET = "a secret both sides know"


def caller(world: World, lost: str) -> Any:
    """Who meets with this loss: nobody waits out an answer that is held back."""
    return world.impatient() if lost == "timeout_after" else world.client()


def read(world: World, client: Any = None) -> SyncFailure:
    """What reading the first list comes to."""
    stream = world.connector.streams[0].key
    try:
        list(world.reader(client).read(stream, None, None))
    except SyncFailure as failure:
        return failure
    pytest.fail("nothing was raised")


def write(world: World, kind: Kind) -> tuple[Action, SyncFailure]:
    """What writing the sample of a kind comes to once it is `spoiled`."""
    _, outgoing = world.outgoing(kind)
    _, failure = attempt(world.writer(), kind, [outgoing])
    assert failure is not None
    return outgoing.action, failure


# --- 9: the right failure -------------------------------------------------------------


@every_reader
@pytest.mark.parametrize("status", READING)
def test_a_refused_read_becomes_the_failure_of_who_acts_next(
    connector: Connector, status: int, world: World
) -> None:
    world.subject.fill(world)
    world.refuse(status)
    failure = read(world)
    assert isinstance(failure, READING[status]), repr(failure)
    assert failure.message
    assert (status == 429) == getattr(failure, "throttled", False)


@every_reader
@pytest.mark.parametrize("kind", LOST)
def test_an_answer_lost_while_reading_is_asked_for_again_later(
    connector: Connector, kind: str, world: World
) -> None:
    world.subject.fill(world)
    client = caller(world, kind)
    world.fault(kind, **LOST[kind])
    # A page where data should be may be what somebody set up: it is said, not waited.
    allowed = (Transient, BadConfig) if kind == "garbage" else (Transient,)
    assert isinstance(read(world, client), allowed)


@every_kind
@pytest.mark.parametrize("status", WRITING)
def test_a_refused_write_becomes_the_failure_of_who_acts_next(
    connector: Connector, kind: Kind, status: int, world: World
) -> None:
    _, outgoing = world.outgoing(kind)
    world.refuse(status)
    _, failure = attempt(world.writer(), kind, [outgoing])
    allowed = WRITING[status]
    if outgoing.action == Action.UPDATE and status >= 500:
        # The same values once more do no harm.
        allowed = (Unknown, Transient)
    assert isinstance(failure, allowed), repr(failure)
    assert failure.message


@every_kind
@pytest.mark.parametrize("lost", LOST)
def test_a_write_without_a_whole_answer_is_never_taken_for_undone(
    connector: Connector, kind: Kind, lost: str, world: World
) -> None:
    _, outgoing = world.outgoing(kind)
    writer = world.writer(caller(world, lost))
    world.fault(lost, method="", **LOST[lost])
    outcomes, failure = attempt(writer, kind, [outgoing])
    if lost == "truncate" and outcomes and outcomes[0].pending:
        # Of an answer without a body nothing can be cut off: it was taken.
        return
    harmless = outgoing.action == Action.UPDATE
    allowed = (Unknown, Transient) if harmless else (Unknown,)
    assert isinstance(failure, allowed), repr(failure)


# --- 10: whom a webhook is believed ---------------------------------------------------


def webhooks(connector: Connector, secret: str = SECRET) -> Webhooks:
    settings = subject(connector.key).settings("http://127.0.0.1/sample")
    assert connector.webhooks is not None
    return connector.webhooks(settings, {"webhook_secret": secret})


def call(connector: Connector) -> Request:
    told = subject(connector.key)
    assert told.call is not None
    return told.call(SECRET, told.body)


@hearing
def test_a_good_signature_is_believed_and_names_what_to_read(
    connector: Connector,
) -> None:
    request = call(connector)
    hooks = webhooks(connector)
    assert hooks.greet(request) is None
    assert hooks.verify(request) == Verdict.SIGNED
    events = list(hooks.events(request))
    assert events
    streams = {stream.key for stream in connector.streams}
    assert all(event.stream in streams and event.ids for event in events)


@hearing
def test_a_changed_body_a_wrong_secret_or_no_signature_is_not_believed(
    connector: Connector,
) -> None:
    request = call(connector)
    other = webhooks(connector, "another secret altogether")
    assert other.verify(request) == Verdict.FORGED
    hooks = webhooks(connector)
    for place in range(len(request.body)):
        flipped = bytearray(request.body)
        flipped[place] ^= 1
        altered = request._replace(body=bytes(flipped))
        assert hooks.verify(altered) == Verdict.FORGED
    bare = request._replace(headers={})
    assert hooks.verify(bare) == Verdict.FORGED
    assert webhooks(connector, "").verify(request) == Verdict.FORGED


@unsigned
def test_a_call_nobody_signs_is_never_believed_and_names_no_rows(
    connector: Connector,
) -> None:
    hooks = webhooks(connector)
    request = call(connector)
    for heard in (request, request._replace(body=b"\xff no JSON", method="GET")):
        assert hooks.greet(heard) is None
        assert hooks.verify(heard) == Verdict.UNSIGNED
        events = list(hooks.events(heard))
        assert events == list(hooks.events(request))
        assert events
        assert all(event.ids == () for event in events)


# --- 11: no secret anywhere -----------------------------------------------------------


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """All log records of every level, through the filter all handlers have."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.addFilter(RedactingFilter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def told(failure: SyncFailure) -> str:
    """All a failure could show anybody."""
    words = "".join(traceback.format_exception(failure))
    return "\n".join([words, repr(failure), failure.message, failure.hint])


@every_reader
@pytest.mark.parametrize("status", [0, 401, 403, 404, 422, 500])
def test_no_secret_is_logged_or_raised(
    connector: Connector, status: int, world: World
) -> None:
    world.subject.fill(world)
    canaries = {name: f"canary-{name}-5Zq8" for name in world.credentials}
    with everything_logged() as log:
        if status:
            world.refuse(status)
            log.write(told(read(world)))
            for kind in connector.writes:
                log.write(told(write(world, kind)[1]))
        strangers = world.client(canaries)
        for finding in connector.probe(strangers):
            log.write(f"{finding.message} {finding.hint}\n")
        for finding in connector.probe(world.client()):
            log.write(f"{finding.message} {finding.hint}\n")
    text = log.getvalue()
    assert text
    for secret in (*world.credentials.values(), *canaries.values()):
        assert secret not in text
        assert quote(secret, safe="") not in text
