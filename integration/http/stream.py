"""Taking in an answer that may be hostile: its size, its expansion and its time."""

from __future__ import annotations

import time
import zlib
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


def read_body(
    source: Source, encoding: str, rules: HttpRules, deadline: float
) -> bytes:
    """The whole body, unpacked. `deadline` is a moment of `time.monotonic`.

    Raises Unreadable (too large, a bomb, an unknown packing), TimeoutError, and what
    the source raises when the answer breaks off.
    """
    packing = encoding.strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise Unreadable(f"it is packed as {packing[:20]}, which was not asked for")
    sink = _Gunzip(rules) if packing.endswith("gzip") else _Plain()
    received = 0
    while chunk := source.read1(CHUNK, False):
        received += len(chunk)
        if received > rules.max_bytes:
            limit = rules.max_bytes // MEGABYTE
            raise Unreadable(f"it is larger than {limit} MB", code="too_large")
        sink.take(chunk)
        if time.monotonic() > deadline:
            raise TimeoutError
    return sink.whole()


class _Plain:
    """Collects a body that came as it is."""

    def __init__(self) -> None:
        self._body = BytesIO()  # gives its bytes away without copying them

    def take(self, chunk: bytes) -> None:
        self._body.write(chunk)

    def whole(self) -> bytes:
        return self._body.getvalue()


class _Gunzip(_Plain):
    """Unpacks as it collects, and stops before a small answer grows large."""

    def __init__(self, rules: HttpRules) -> None:
        super().__init__()
        self._rules = rules
        self._packed = 0
        self._unpacked = 0
        self._zip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def take(self, chunk: bytes) -> None:
        self._packed += len(chunk)
        more = False
        while chunk or more:
            if chunk and self._zip.eof:  # packed parts in a row are one answer
                self._zip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            part = self._unpack(chunk)
            self._add(part)
            chunk = self._zip.unconsumed_tail or self._zip.unused_data
            more = len(part) == STEP  # a full step may leave some unpacked

    def whole(self) -> bytes:
        if self._packed and not self._zip.eof:
            raise Unreadable("it breaks off", code="truncated")
        return super().whole()

    def _unpack(self, chunk: bytes) -> bytes:
        try:
            return self._zip.decompress(chunk, STEP)
        except zlib.error:
            raise Unreadable("it says it is packed with gzip and is not") from None

    def _add(self, part: bytes) -> None:
        self._unpacked += len(part)
        self._body.write(part)
        most = max(FREE_EXPANSION, self._packed * self._rules.max_ratio)
        if self._unpacked > min(most, self._rules.max_expanded):
            raise Unreadable("it grows without measure when unpacked", code="bomb")
