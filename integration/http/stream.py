"""Taking in an answer that may be hostile: its size, its expansion and its time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from integration.http.body import Unreadable
from integration.http.rules import MEGABYTE, HttpRules

CHUNK = 65_536
STEP = 16 * CHUNK
# Below this an answer may shrink as far as it likes: a page of empty fields does.
FREE_EXPANSION = MEGABYTE


class Source(Protocol):
    """A raw answer: gives what has arrived, at most `amt` bytes, b"" at the end."""

    def read1(self, amt: int, decode_content: bool) -> bytes: ...


@dataclass(slots=True)
class Allowance:
    """What one answer may cost: bytes on the line, bytes unpacked, bytes unpacked for
    each on the line, and the moment of `time.monotonic` at which it must be over."""

    received: int
    expanded: int
    ratio: int
    deadline: float


def read_body(
    source: Source, encoding: str, rules: HttpRules, deadline: float
) -> bytes:
    """The whole body, unpacked. `deadline` is a moment of `time.monotonic`.

    Raises Unreadable (too large, a bomb, an unknown packing), TimeoutError, and what
    the source raises when the answer breaks off.
    """
    allowance = Allowance(
        rules.max_bytes, rules.max_expanded, rules.max_ratio, deadline
    )
    return joined(pieces(source, encoding, allowance))


def joined(parts: Iterator[bytes]) -> bytes:
    """The parts as one."""
    body = BytesIO()  # gives its bytes away without copying them
    for part in parts:
        body.write(part)
    return body.getvalue()


def pieces(source: Source, encoding: str, allowance: Allowance) -> Iterator[bytes]:
    """The body part by part as it arrives, unpacked, none longer than `STEP`.

    Raises as `read_body` does, at the part that breaks a bound. The allowance may be
    widened while its parts are taken.
    """
    packing = encoding.strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise Unreadable(f"it is packed as {packing[:20]}, which was not asked for")
    gunzip = _Gunzip(allowance) if packing.endswith("gzip") else None
    received = 0
    while chunk := source.read1(CHUNK, False):
        received += len(chunk)
        if received > allowance.received:
            limit = allowance.received // MEGABYTE
            raise Unreadable(f"it is larger than {limit} MB", code="too_large")
        yield from gunzip.take(chunk) if gunzip else (chunk,)
        if time.monotonic() > allowance.deadline:
            raise TimeoutError
    if gunzip:
        gunzip.end()


class _Gunzip:
    """Unpacks as it goes, and stops before a small answer grows large."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._packed = 0
        self._unpacked = 0
        self._zip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """What is in this chunk."""
        self._packed += len(chunk)
        more = False
        while chunk or more:
            if chunk and self._zip.eof:  # packed parts in a row are one answer
                self._zip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            part = self._unpack(chunk)
            self._bound(part)
            yield part
            chunk = self._zip.unconsumed_tail or self._zip.unused_data
            more = len(part) == STEP  # a full step may leave some unpacked

    def end(self) -> None:
        """Nothing more comes. Raises Unreadable where something should."""
        if self._packed and not self._zip.eof:
            raise Unreadable("it breaks off", code="truncated")

    def _unpack(self, chunk: bytes) -> bytes:
        try:
            return self._zip.decompress(chunk, STEP)
        except zlib.error:
            raise Unreadable("it says it is packed with gzip and is not") from None

    def _bound(self, part: bytes) -> None:
        self._unpacked += len(part)
        most = max(FREE_EXPANSION, self._packed * self._allowance.ratio)
        if self._unpacked > min(most, self._allowance.expanded):
            raise Unreadable("it grows without measure when unpacked", code="bomb")
