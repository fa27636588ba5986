"""What a merchant's first days led to, kept and laid out anew for every test that
begins after them: the rows, the platforms, the time. Nobody syncs it all once more."""

from __future__ import annotations

import io
import pickle
from collections import deque
from collections.abc import Callable, Mapping
from threading import Condition
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import UserSettingsHolder, settings
from django.core import mail
from django.db import connection, transaction

from integration.http import auth
from integration.sandbox.platform import Platform
from integration.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from datetime import datetime

# They stand in every database and are the same in each.
STANDING = {"auth_permission", "django_content_type", "django_migrations"}
State = dict[str, dict[str, dict[str, Any]]]


class World(NamedTuple):
    """Everything at one moment; `state` refers to `stays`, which is never copied."""

    at: datetime
    rows: Mapping[str, list[tuple[Any, ...]]]
    state: bytes
    stays: list[Any]
    tokens: Mapping[bytes, tuple[str, float]]
    outcome: Any


_worlds: dict[str, World] = {}


def again(
    server: SandboxServer,
    key: object,
    make: Callable[[], Any],
    now: Callable[[], datetime],
    move_to: Callable[[datetime], None],
) -> Any:
    """What `make` gives, a picklable outcome, with all it does to Weft and platforms.

    It is done once a process and laid out from then on. `key` tells apart what was
    chosen and what was done to the platforms since they were reset. Where Weft holds
    anything already it is simply done.
    """
    if _held():
        return make()
    name = repr((id(server), key, _overridden()))
    world = _worlds.get(name)
    if world is not None:
        _lay(server, world)
        move_to(world.at)
        return world.outcome
    outcome = make()
    if not mail.outbox and all(_quiet(each) for each in server.platforms()):
        _worlds[name] = _kept(server, outcome, now())
    return outcome


def _overridden() -> list[tuple[str, str]]:
    """The settings that a test chose."""
    found = {}
    held = settings._wrapped
    while isinstance(held, UserSettingsHolder):
        found = {**vars(held), **found}
        held = held.default_settings
    return sorted((name, repr(found[name])) for name in found if name.isupper())


# --- Weft ---------------------------------------------------------------------------


def _tables() -> list[str]:
    return sorted({*connection.introspection.table_names()} - STANDING)


def _rows(table: str, most: str = "") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} {most}")  # noqa: S608
        return cursor.fetchall()


def _held() -> bool:
    return any(_rows(table, "LIMIT 1") for table in _tables())


def _insert(table: str, rows: list[tuple[Any, ...]]) -> None:
    places = ", ".join(["%s"] * len(rows[0]))
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608


# --- The platforms ------------------------------------------------------------------


def _workers(platform: Platform) -> dict[str, Any]:
    """What runs in threads of its own: it stays, and is told what it works on."""
    return {
        name: value
        for name, value in vars(platform).items()
        if isinstance(getattr(value, "_wake", None), Condition)
    }


def _quiet(platform: Platform) -> bool:
    return not any(worker.waiting() for worker in _workers(platform).values())


def _state(platform: Platform) -> dict[str, dict[str, Any]]:
    """What a platform holds, and what its workers know of it, by their names."""
    workers = _workers(platform)
    found = {"": {k: v for k, v in vars(platform).items() if k not in workers}}
    for name, worker in workers.items():
        found[name] = {
            each: value
            for each, value in vars(worker).items()
            if type(value).__module__.startswith("connectors.")
            or (isinstance(value, deque) and not each.startswith("_"))
        }
    return found


class _Pickler(pickle.Pickler):
    """Copies all but the platforms themselves, their threads, locks and functions."""

    def __init__(self, file: io.BytesIO, server: SandboxServer) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.stays: list[Any] = []
        platforms = server.platforms()
        self._whole = {
            id(each)
            for platform in platforms
            for each in (platform, *_workers(platform).values())
        }

    def persistent_id(self, value: Any) -> int | None:
        kind = type(value)
        locks = kind is Condition or kind.__module__ == "_thread"
        if not (locks or kind is FunctionType or id(value) in self._whole):
            return None
        self.stays.append(value)
        return len(self.stays) - 1


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, stays: list[Any]) -> None:
        super().__init__(file)
        self.stays = stays

    def persistent_load(self, place: int) -> Any:
        return self.stays[place]


# --- Both ---------------------------------------------------------------------------


def _kept(server: SandboxServer, outcome: Any, at: datetime) -> World:
    file = io.BytesIO()
    pickler = _Pickler(file, server)
    pickler.dump({each.key: _state(each) for each in server.platforms()})
    return World(
        at=at,
        rows={table: rows for table in _tables() if (rows := _rows(table))},
        state=file.getvalue(),
        stays=pickler.stays,
        tokens={k: (each.value, each.renew_at) for k, each in auth._tokens.items()},
        outcome=outcome,
    )


def _lay(server: SandboxServer, world: World) -> None:
    states: State = _Unpickler(io.BytesIO(world.state), world.stays).load()
    for platform in server.platforms():
        with platform.lock:
            for name, state in states[platform.key].items():
                thing = getattr(platform, name) if name else platform
                for each, value in state.items():
                    setattr(thing, each, value)
    # A process remembers how it signed in.
    for name, (value, renew_at) in world.tokens.items():
        token = auth._tokens.setdefault(name, auth._Token())
        token.value, token.renew_at = value, renew_at
    with transaction.atomic():
        for table, rows in world.rows.items():
            _insert(table, rows)
