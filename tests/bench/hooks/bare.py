"""The least that could take a webhook in: check the signature, one INSERT, answer.

A WSGI application without a framework, under the same gunicorn settings as Weft.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

DATABASE = "BENCH_DATABASE"
SECRET = "BENCH_SECRET"
TABLE = (
    "CREATE TABLE IF NOT EXISTS hooks (id TEXT PRIMARY KEY, topic TEXT, body {bytes})"
)
COUNT = "SELECT count(*) FROM hooks"
INSERT = "INSERT INTO hooks (id, topic, body) VALUES ({0}, {0}, {0})"

_kept = threading.local()
Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """See PEP 3333."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    digest = hmac.digest(os.environ[SECRET].encode(), body, "sha256")
    given = environ.get("HTTP_X_WC_WEBHOOK_SIGNATURE", "")
    if hmac.compare_digest(b64encode(digest), given.encode()):
        topic = environ["HTTP_X_WC_WEBHOOK_TOPIC"]
        database, insert = _database()
        database.execute(insert, (uuid4().hex, topic, body))
        start("200 OK", [("Content-Length", "0")])
    else:
        start("401 Unauthorized", [("Content-Length", "0")])
    return []


def opened(address: str) -> tuple[Any, str, str]:
    """A connection that commits each statement; its mark and its word for bytes."""
    if address.startswith("sqlite"):
        path = address.removeprefix("sqlite:///")
        database = sqlite3.connect(path, isolation_level=None, timeout=20)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        return database, "?", "BLOB"
    import psycopg

    return psycopg.connect(address, autocommit=True), "%s", "BYTEA"


def make_table(address: str) -> None:
    """Before the first webhook: threads that all make it stand in each other's way."""
    database, _, binary = opened(address)
    database.execute(TABLE.format(bytes=binary))
    database.close()


def _database() -> tuple[Any, str]:
    """This thread's own connection."""
    if not hasattr(_kept, "database"):
        _kept.database, mark, _ = opened(os.environ[DATABASE])
        _kept.insert = INSERT.format(mark)
    return _kept.database, _kept.insert
