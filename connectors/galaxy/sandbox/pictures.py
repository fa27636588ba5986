"""Draws small real pictures, one colour per text."""

import base64
import struct
import zlib
from hashlib import sha256

SIDE = 16
"""Width and height in pixels."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def picture(text: str) -> str:
    """Give a PNG whose colours follow from `text`, as base64."""
    return base64.b64encode(_png(sha256(text.encode()).digest())).decode()


def _png(seed: bytes) -> bytes:
    lines = (
        b"\0" + b"".join(_pixel(seed, across, down) for across in range(SIDE))
        for down in range(SIDE)
    )
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"IDAT", zlib.compress(b"".join(lines))),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _pixel(seed: bytes, across: int, down: int) -> bytes:
    """Give red, green and blue of a chequered field."""
    start = 3 * ((across // 4 + down // 4) % 2)
    return seed[start : start + 3]


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
