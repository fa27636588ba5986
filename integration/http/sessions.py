"""Keeping connections open: one session per account and thread, used for long."""

from __future__ import annotations

import os
import ssl
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from integration.http.connections import Connection, Progress, SecureConnection
from integration.http.guard import AddressGuard, Resolver
from integration.http.rules import HttpRules

LINES_PER_THREAD = 16


class Adapter(HTTPAdapter):
    """The transport: guarded connections, no proxies, certificates always checked."""

    def __init__(self, guard: AddressGuard, progress: Progress, ca_file: str) -> None:
        self._guard = guard
        self._progress = progress
        self._ca_file = ca_file
        super().__init__(pool_connections=4, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Pools whose connections ask the guard."""
        super().init_poolmanager(*args, **options)
        bound = {"guard": self._guard, "progress": self._progress}
        plain = type("GuardedConnection", (Connection,), bound)
        secure = type("GuardedSecureConnection", (SecureConnection,), bound)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Where to connect to; verification is not the caller's to switch off."""
        host, pool = super().build_connection_pool_key_attributes(request, True)
        if host["scheme"] == "https":
            pool["ssl_context"] = _tls(self._ca_file)
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to set per call: the context has the authorities and insists."""


@lru_cache(maxsize=16)
def _tls(ca_file: str) -> ssl.SSLContext:
    """TLS 1.2 or newer, host name and certificate checked, loaded once."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


@dataclass(slots=True)
class Line:
    """A session and what it is busy with."""

    session: requests.Session
    adapter: Adapter
    progress: Progress


class _Lines(threading.local):
    """The lines of one thread, the most recently used ones last."""

    def __init__(self) -> None:
        self.open: OrderedDict[tuple[Any, ...], Line] = OrderedDict()


_lines = _Lines()


def line(account: str, rules: HttpRules, resolver: Resolver) -> Line:
    """This thread's line to the account; the one longest unused makes room."""
    # A forked process must not speak on its parent's connections.
    name = (os.getpid(), account, rules, resolver)
    known = _lines.open.get(name)
    if known is None:
        known = _lines.open[name] = _opened(rules, AddressGuard(rules, resolver))
        if len(_lines.open) > LINES_PER_THREAD:
            _lines.open.popitem(last=False)[1].session.close()
    _lines.open.move_to_end(name)
    return known


def _opened(rules: HttpRules, guard: AddressGuard) -> Line:
    progress = Progress()
    adapter = Adapter(guard, progress, rules.ca_file)
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers.update(
        {
            "User-Agent": rules.user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
    )
    return Line(session, adapter, progress)
