"""What every test stands on: an environment of its own, a database, the sandbox."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
import requests
from hypothesis import settings as hypothesis_settings

from integration.sandbox.platform import Platform
from integration.sandbox.server import SandboxServer
from tests.connectors.xero.described import Overheard

ROOT = Path(__file__).resolve().parent.parent

# Settings read the environment when they load, so it is laid out before. Whatever this
# machine's own `.env` holds is thereby out of play; DATABASE_URL alone may be chosen.
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "integration.settings",
    "SECRET_KEY": "a key for tests, long enough to sign with and secret to nobody",
    "WEFT_ENCRYPTION_KEYS": "d2VmdC1pbi10ZXN0cy13ZWZ0LWluLXRlc3RzLXdlZnQ=",
    "WEFT_PUBLIC_URL": "http://testserver",
    "WEFT_ALLOW_LOOPBACK": "true",
    "WEFT_WORKERS": "2",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "EMAIL_URL": "memorymail://",
    "REDIS_URL": "",
    "DEBUG": "false",
}
os.environ.setdefault("DATABASE_URL", "sqlite:///weft.sqlite3")

hypothesis_settings.register_profile("weft", deadline=None, print_blob=True)
hypothesis_settings.load_profile("weft")


def pytest_configure() -> None:
    """Start Django here: the settings could not be read any earlier.

    Passwords of people made up for a test need not resist anybody for a third of a
    second each.
    """
    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


ON_POSTGRES = os.environ["DATABASE_URL"].startswith("postgres")
# What a test has that touches the database: its own fixtures and these come to one.
TO_THE_DATABASE = {"db", "transactional_db", "live_server"}
LEFT_OUT = pytest.StashKey[int]()


def touches_the_database(item: pytest.Item) -> bool:
    """Whether it matters to a test which database it runs on."""
    fixtures = set(getattr(item, "fixturenames", ()))
    marks = (item.get_closest_marker(name) for name in ("django_db", "postgres"))
    return bool(fixtures & TO_THE_DATABASE) or any(marks)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what needs PostgreSQL where the tests run on SQLite; and on PostgreSQL
    what touches no database, for the run on SQLite proves it."""
    if ON_POSTGRES:
        out = [item for item in items if not touches_the_database(item)]
        named = any("::" in given for given in config.args)
        if out and not named:
            items[:] = [item for item in items if touches_the_database(item)]
            config.hook.pytest_deselected(items=out)
            config.stash[LEFT_OUT] = len(out)
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="DATABASE_URL is not PostgreSQL"))


def pytest_report_header() -> str:
    """Say which database it is."""
    if ON_POSTGRES:
        return "database: PostgreSQL, without the tests that touch no database"
    return "database: SQLite"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several tells the first how many tests were left out."""
    if hasattr(session.config, "workeroutput"):
        told = session.config.workeroutput
        told["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a process how many tests were left out; each leaves out the same."""
    told = getattr(node, "workeroutput", {}).get("left_out", 0)
    node.config.stash[LEFT_OUT] = told


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests were left out."""
    if number := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"{number} tests touch no database: the run on SQLite proves them"
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Keep the SQLite database in a file: as in use, several threads may open it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


def platforms() -> list[type[Platform]]:
    """The sandboxed platforms: one per connector that brings a sandbox."""
    found = sorted((ROOT / "connectors").glob("*/sandbox/__init__.py"))
    names = [path.parent.parent.name for path in found]
    return [import_module(f"connectors.{name}.sandbox").PLATFORM for name in names]


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxServer]:
    """Every sandboxed platform over HTTP, on a free port, in a thread."""
    with SandboxServer(platforms()) as server:
        yield server


@pytest.fixture(scope="session")
def overheard(sandbox_server: SandboxServer) -> Overheard:
    """Everything Weft asks of the sandboxed Xero."""
    found = Overheard()
    sandbox_server.listen("xero", found.heard)
    return found


@pytest.fixture
def sandbox(
    sandbox_server: SandboxServer, overheard: Overheard
) -> Iterator[SandboxServer]:
    """The sandbox as after a fresh start: its first data, no faults, no calls.

    Whatever Weft asks of Xero in any test, the vendor's own description must allow it
    (WEFT_CONTRACTS; where that names no folder nobody looks).
    """
    for platform in platforms():
        url = f"{sandbox_server.url}/_control/{platform.key}/reset"
        requests.post(url, timeout=60).raise_for_status()
    overheard.forget()
    yield sandbox_server
    if os.environ.get("WEFT_CONTRACTS"):
        faults = overheard.faults(recorded("WEFT_CONTRACTS"))
        assert not faults, "\n".join(faults)


def recorded(variable: str) -> Path:
    """The folder an environment variable names; skips the test where it names none."""
    name = os.environ.get(variable)
    if not name:
        pytest.skip(f"{variable} names no folder")
    folder = ROOT / name
    if not folder.is_dir():
        pytest.fail(f"{variable} names {name}, which does not exist")
    return folder


@pytest.fixture(scope="session")
def recorded_exchanges() -> Path:
    """Real platforms' answers, one folder per platform (WEFT_RECORDED)."""
    return recorded("WEFT_RECORDED")


@pytest.fixture(scope="session")
def platform_contracts() -> Path:
    """Platforms' own descriptions of their APIs, one folder each (WEFT_CONTRACTS)."""
    return recorded("WEFT_CONTRACTS")
