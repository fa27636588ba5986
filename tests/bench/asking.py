"""Every page and every list of the API, asked for one merchant: time and statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.test import Client
from django.urls import reverse

from integration.api.urls import router
from tests.bench.store import Store
from tests.isolation.test_merchant_pages import PAGES, ids_of


class Asked(NamedTuple):
    """One answer: its status, seconds, and what was said to the database.

    Of a file (`streamed`) only the beginning is waited for.
    """

    status: int
    took: float
    statements: list[str]
    streamed: bool


def pages(store: Store) -> Mapping[str, str]:
    """Addresses of all pages, with this merchant's ids."""
    found = {}
    for name in PAGES:
        words = (each.partition(":") for each in ids_of(name))
        ids = [word or store.ids[key] for key, _, word in words]
        found[name] = reverse(f"dashboard:{name}", args=[store.tenant.slug, *ids])
    return found


def lists() -> Mapping[str, str]:
    """Addresses of all lists of the API."""
    return {
        f"api {prefix}": reverse(f"api:{basename}-list")
        for prefix, _, basename in router.registry
    }


def everything(store: Store) -> Iterator[tuple[str, Client, str]]:
    """Name, who asks, and the address: pages by the owner, lists by a program."""
    owner, program = store.client(), store.program()
    for name, at in pages(store).items():
        yield name, owner, at
    for name, at in lists().items():
        yield name, program, at


def ask(client: Client, at: str) -> Asked:
    """One address, asked once."""
    with _said() as statements:
        begun = time.perf_counter()
        answer: Any = client.get(at)
        if answer.streaming:
            next(iter(answer.streaming_content), b"")
        took = time.perf_counter() - begun
    answer.close()
    return Asked(answer.status_code, took, statements, answer.streaming)


@contextmanager
def _said() -> Iterator[list[str]]:
    statements: list[str] = []

    def hear(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(hear):
        yield statements
