"""Lists taken row by row: flat in memory, under all the bounds of other answers."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from hashlib import shake_128
from typing import Any

import pytest

from integration.errors import BadConfig, SyncFailure, Transient
from integration.http.auth import TokenAuth
from integration.http.client import Reply
from integration.http.redact import remember

ROW = b'{"ID": %d, "Description": "%s", "More": [{"a": 1}, {"b": 2}]}'
# A list ten times as long may take this many times the memory.
FLAT = 3


def refused(reply: Reply) -> None:
    raise BadConfig("base_url", f"{reply.status} {reply.body.decode()}")


def row(number: int) -> bytes:
    """One row of some hundred bytes, which packing makes half as long."""
    text = shake_128(str(number).encode()).hexdigest(150)
    return ROW % (number, text.encode())


def listing(count: int, packed: bool = False) -> Callable[[Any], None]:
    """A server that writes so many rows without ever holding them."""

    def parts() -> Iterator[bytes]:
        yield b"["
        for number in range(count):
            yield (b"," if number else b"") + row(number)
        yield b"]"

    def send(handler: Any) -> None:
        handler.send_response(200)
        if packed:
            handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Connection", "close")
        handler.end_headers()
        packer = zlib.compressobj(6, zlib.DEFLATED, 31) if packed else None
        for part in parts():
            handler.wfile.write(packer.compress(part) if packer else part)
        if packer:
            handler.wfile.write(packer.flush())
        handler.close_connection = True

    return send


def peak(listener: Any, count: int, packed: bool) -> int:
    """The most memory that taking so many rows, 500 at a time, holds at once."""
    listener.answers = [listing(count, packed)]
    http = listener.http(max_ratio=1_000)
    taken = 0
    tracemalloc.start()
    held: list[bytes] = []
    for each in http.rows("items", refused, timeout=300):
        held.append(each)
        taken += 1
        if len(held) == 500:
            held = []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == count
    return most


@pytest.mark.parametrize("packed", [False, True])
def test_memory_stays_flat_however_long_the_list_is(
    listener: Any, packed: bool
) -> None:
    peak(listener, 1_000, packed)
    # How much arrives at a time differs from run to run.
    short = max(peak(listener, 5_000, packed) for _ in range(3))
    long = peak(listener, 50_000, packed)
    assert long < FLAT * short


def test_rows_come_while_the_list_is_still_on_its_way(listener: Any) -> None:
    taken: list[bytes] = []

    def send(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b'[{"a": 1},')
        handler.wfile.flush()
        until = time.monotonic() + 60
        while not taken and time.monotonic() < until:
            time.sleep(0.01)
        handler.wfile.write(b'{"a": %d}]' % (2 if taken else 0))
        handler.close_connection = True

    listener.answers = [send]
    for each in listener.http().rows("items", refused):
        taken.append(each)
    assert taken == [b'{"a": 1}', b'{"a": 2}']


def test_what_is_done_with_rows_in_between_takes_no_time_of_the_call(
    listener: Any,
) -> None:
    listener.answers = [listing(3_000)]
    http = listener.http()
    rows = http.rows("items", refused, timeout=3)
    assert next(rows)
    time.sleep(3.5)
    assert sum(1 for _ in rows) == 2_999


def test_another_call_in_between_leaves_the_list_its_time(
    listener: Any, say: Any
) -> None:
    listener.answers = [listing(3_000), say(body=b"{}")]
    http = listener.http()
    rows = http.rows("items", refused, timeout=60)
    assert next(rows)
    assert http.get("x", timeout=0.5).json() == {}
    time.sleep(0.6)
    assert sum(1 for _ in rows) == 2_999


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<h1>Sign in</h1>"), (200, b'{"a": []}'), (200, b""), (404, b"[]")],
)
def test_an_answer_that_is_no_list_is_judged_as_a_whole(
    listener: Any, say: Any, status: int, body: bytes
) -> None:
    listener.answers = [say(status=status, body=body)]
    with pytest.raises(BadConfig) as caught:
        list(listener.http().rows("items", refused))
    assert caught.value.message == f"{status} {body.decode()}"


def test_what_the_judge_lets_pass_is_unreadable_all_the_same(
    listener: Any, say: Any
) -> None:
    listener.answers = [say(body=b"{}")]
    with pytest.raises(Transient) as caught:
        list(listener.http().rows("items", lambda reply: None))
    assert caught.value.code == "unreadable"


def cut_off(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'[{"a": 1}, {"a": 2}, {"a"')
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.close()


def test_a_list_that_breaks_off_is_never_taken_for_whole(
    listener: Any, say: Any
) -> None:
    short = say(body=b'[{"a": 1}, {"a": 2}, {"a')
    packed = say(
        body=gzip.compress(b'[{"a": 1}, {"a": 2}]')[:-9], Content_Encoding="gzip"
    )
    for answer, came in ((cut_off, 2), (short, 2), (packed, 0)):
        listener.answers = [answer]
        taken: list[bytes] = []
        with pytest.raises(Transient):
            taken.extend(listener.http().rows("items", refused))
        assert len(taken) >= came


def test_a_stalled_list_ends_with_the_time_of_the_call(listener: Any) -> None:
    def send(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'[{"a": 1},')
        handler.wfile.flush()
        time.sleep(30)

    listener.answers = [send]
    with pytest.raises(Transient) as caught:
        list(listener.http().rows("items", refused, timeout=1))
    assert caught.value.code == "timed_out"


@pytest.mark.parametrize("packed", [False, True])
def test_a_list_without_end_meets_its_own_bound(listener: Any, packed: bool) -> None:
    listener.answers = [listing(20_000, packed)]
    http = listener.http(max_streamed=1_000_000, max_ratio=1_000)
    with pytest.raises(SyncFailure) as caught:
        list(http.rows("items", refused))
    assert caught.value.code == ("bomb" if packed else "too_large")


def test_a_packed_bomb_in_a_list_is_left_unexploded(listener: Any, say: Any) -> None:
    body = gzip.compress(b"[" + b" " * 30_000_000 + b"1]")
    listener.answers = [say(body=body, Content_Encoding="gzip")]
    with pytest.raises(Transient) as caught:
        list(listener.http().rows("items", refused))
    assert caught.value.code == "bomb"


def test_a_list_is_asked_for_again_before_it_begins_and_counted_each_time(
    listener: Any, say: Any, counter: Any
) -> None:
    listener.answers = [say(status=503, Retry_After="0"), say(body=b"[1,2]")]
    assert list(listener.http(meter=counter).rows("items", refused)) == [b"1", b"2"]
    assert counter.told == [503, 200]


@pytest.mark.parametrize("status", [401, 403])
def test_a_stale_proof_is_renewed_once_for_a_list(
    listener: Any, say: Any, status: int
) -> None:
    class Session(TokenAuth):
        stale = frozenset({401, 403})

    tokens = iter(["first", "second", "third"])
    auth = Session(lambda http: (next(tokens), time.time() + 999))
    listener.answers = [say(status=status), say(body=b"[1]"), say(status=status)]
    http = listener.http(auth=auth)
    assert list(http.rows("items", refused)) == [b"1"]
    assert listener.seen[1].headers["Authorization"] == "Bearer second"
    with pytest.raises(BadConfig):
        list(http.rows("items", refused))


def test_a_secret_in_the_address_of_a_list_is_masked(listener: Any, say: Any) -> None:
    remember("hidden-value-5Zq8")
    listener.answers = [say(body=b"[1")]
    with pytest.raises(Transient) as caught:
        list(listener.http().rows("hidden-value-5Zq8", refused))
    assert "hidden-value" not in caught.value.message


def test_a_read_that_is_given_up_lets_go_of_its_connection(listener: Any) -> None:
    listener.answers = [listing(50_000)]
    rows = listener.http().rows("items", refused)
    assert next(rows)
    rows.close()
    listener.answers = [listing(1)]
    assert len(list(listener.http().rows("items", refused))) == 1
