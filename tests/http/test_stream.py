"""Bombs, drips and broken packing: an answer costs no more than it may."""

from __future__ import annotations

import gzip
import time
import zlib
from typing import Any

import pytest

from integration.errors import Transient, Unknown
from tests.jobs.merchant import wait_for


def packed(body: bytes, say: Any, **headers: str) -> Any:
    return say(body=body, Content_Encoding="gzip", **headers)


def test_a_packed_answer_is_unpacked_even_in_several_parts(
    listener: Any, say: Any
) -> None:
    parts = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    listener.answers = [packed(parts, say)]
    assert listener.http().get("x").json() == {"a": 1}


def test_a_large_even_answer_survives_its_good_packing(listener: Any, say: Any) -> None:
    body = b"[" + b",".join(b'{"id": %d, "on": true}' % n for n in range(90_000)) + b"]"
    listener.answers = [packed(gzip.compress(body), say)]
    assert listener.http().get("x").body == body


@pytest.mark.parametrize("size", [5_000_000, 200_000_000])
def test_a_gzip_bomb_is_left_unexploded(listener: Any, say: Any, size: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = b" " * 1_000_000
    bomb = b"".join(packer.compress(million) for _ in range(size // 1_000_000))
    listener.answers = [packed(bomb + packer.flush(), say)]
    with pytest.raises(Transient) as failed:
        listener.http().get("x")
    assert failed.value.code == "bomb"


def test_what_is_not_packed_as_it_says_is_refused(listener: Any, say: Any) -> None:
    for headers in ({"Content_Encoding": "gzip"}, {"Content_Encoding": "br"}):
        listener.answers = [say(body=b"{}", **headers)]
        with pytest.raises(Transient) as failed:
            listener.http().get("x")
        assert failed.value.code == "unreadable"


def test_a_packed_answer_that_breaks_off_is_not_taken_for_whole(
    listener: Any, say: Any
) -> None:
    listener.answers = [packed(gzip.compress(b'{"a": 1}')[:-9], say)]
    with pytest.raises(Unknown):
        listener.http().post("x", json={})


# Seconds a dripping answer takes as a whole.
DRIPPING = 120


def drip(in_head: bool) -> Any:
    """An answer that comes byte by byte, each in time, all together never."""

    def send(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        handler.wfile.write(b"X-Slow: " if in_head else b"Content-Length: 999\r\n\r\n")
        for _ in range(DRIPPING * 20):
            handler.wfile.write(b"1")
            handler.wfile.flush()
            time.sleep(0.05)

    return send


@pytest.mark.parametrize("in_head", [True, False])
def test_a_dripping_answer_ends_with_the_total_time(
    listener: Any, in_head: bool
) -> None:
    listener.answers = [drip(in_head)]
    begun = time.monotonic()
    with pytest.raises(Transient) as failed:
        listener.http(read_timeout=60, total_timeout=2).get("x")
    assert failed.value.code == "timed_out"
    assert time.monotonic() - begun < DRIPPING / 2
    wait_for("one call to have come in", lambda: len(listener.seen) == 1)
