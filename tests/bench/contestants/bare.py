"""The least that could work: no framework, one table, one upsert a page, one file."""

from __future__ import annotations

import http.client
import json
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from tests.bench.task import Task, read, timed

TABLE = (
    "CREATE TABLE IF NOT EXISTS products (id BIGINT PRIMARY KEY, name TEXT,"
    " digest {bytes}, body TEXT)"
)
UPSERT = (
    "INSERT INTO products (id, name, digest, body) VALUES {rows}"
    " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
    " digest = excluded.digest, body = excluded.body"
)


def pages(task: Task) -> Iterator[list[dict[str, Any]]]:
    """Every page of the task, over one kept connection."""
    connection = http.client.HTTPConnection(urlsplit(task.source).netloc)
    after: int | None = task.since
    while after is not None:
        connection.request("GET", f"/products?after={after}")
        page = json.loads(connection.getresponse().read())
        after = page["next"]
        if page["items"]:
            yield page["items"]


def rows(items: list[dict[str, Any]]) -> dict[int, tuple[Any, ...]]:
    """What is stored of a page, by id."""
    found = {}
    for item in items:
        del item["revision"]
        body = json.dumps(item)
        digest = blake2b(body.encode(), digest_size=16).digest()
        found[item["id"]] = (item["id"], item["name"], digest, body)
    return found


def pull(task: Task, database: Any, *, mark: str, known: str) -> None:
    """Write of each page what is new or differs; one transaction a page."""
    cursor = database.cursor()
    for items in pages(task):
        found = rows(items)
        ids = list(found)
        marks = ",".join([mark] * len(ids))
        cursor.execute(known.format(marks=marks), ids)
        for number, digest in cursor.fetchall():
            if bytes(digest) == found[number][2]:
                del found[number]
        if found:
            row = f"({', '.join([mark] * 4)})"
            values = [value for each in found.values() for value in each]
            cursor.execute(UPSERT.format(rows=", ".join([row] * len(found))), values)
        database.commit()


def main() -> None:
    """One phase."""
    task = read()
    if task.database.startswith("sqlite"):
        database: Any = sqlite3.connect(task.database.removeprefix("sqlite:///"))
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        mark, binary = "?", "BLOB"
    else:
        import psycopg

        database = psycopg.connect(task.database)
        mark, binary = "%s", "BYTEA"
    known = "SELECT id, digest FROM products WHERE id IN ({marks})"
    with timed():
        database.cursor().execute(TABLE.format(bytes=binary))
        pull(task, database, mark=mark, known=known)


if __name__ == "__main__":
    main()
