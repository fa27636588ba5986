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

# Lists as people narrow them down. What differs between platforms, and what is in
# step, is looked for page by page up to an end, so its statements are not constant.
CHOSEN = {
    "items": ("kind=variant", "state=needs_you", "state=not_linked", "q=SKU-7"),
    "items_unlinked": ("reason=refused",),
    "orders": ("state=posted", "state=needs_you", "q=Anna"),
    "errors": ("tab=retrying", "text=Mug"),
    "runs": ("cause=webhook",),
    "webhooks": ("topic=order.created", "q=order"),
    "settings_audit": ("who=Ann", "verb=deed_3"),
    "search": ("q=Mug",),
    "api records": ("external_id=p7", "revision_gt=7"),
    "api errors": ("state=open",),
}


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
    """Name, who asks, and the address: pages by the owner, lists by a program; each
    plain and as people narrow it down."""
    owner, program = store.client(), store.program()
    whose = ((owner, pages(store)), (program, lists()))
    for client, addresses in whose:
        for name, at in addresses.items():
            yield name, client, at
            for chosen in CHOSEN.get(name, ()):
                yield f"{name}?{chosen}", client, f"{at}?{chosen}"


def ask(client: Client, at: str) -> Asked:
    """One address, asked once."""
    with _said() as statements:
        begun = time.perf_counter()
        answer: Any = client.get(at)
        if answer.streaming:
            next(iter(answer.streaming_content), b"")
            # Now: later it would wait for the very connection that it is to let go.
            answer._iterator.close()
        took = time.perf_counter() - begun
    return Asked(answer.status_code, took, statements, answer.streaming)


@contextmanager
def _said() -> Iterator[list[str]]:
    statements: list[str] = []

    def hear(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(hear):
        yield statements
