"""Looks an installation over: what is wrong, and the way out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, run_checks
from django.core.mail import get_connection
from django.db import connection as database
from django.utils import timezone

from integration.models import Tenant, WorkerBeat
from integration.web import health

# Seconds two clocks may differ, or a beat may lie ahead, before it matters.
SKEW = timedelta(seconds=10)
NO_MAIL = ("console", "dummy", "locmem", "filebased")


class Level(StrEnum):
    """How bad it is; only what is wrong fails the check-up."""

    OK = "ok"
    NOTE = "note"
    WRONG = "WRONG"


class Sign(NamedTuple):
    """One thing that was looked at."""

    level: Level
    about: str
    message: str
    way_out: str = ""


def installation() -> Iterator[Sign]:
    """Everything that belongs to the installation, not to one merchant."""
    yield from configuration()
    problem = health.unready()
    if problem:
        way_out = "manage.py migrate" if "migrations" in problem else "DATABASE_URL"
        yield Sign(Level.WRONG, "database", problem.capitalize() + ".", way_out)
        return
    looks: tuple[Callable[[], Iterator[Sign]], ...] = (
        storage,
        clock,
        worker,
        address,
        mail,
    )
    for look in looks:
        yield from look()


def configuration() -> Iterator[Sign]:
    """Keys, queue settings and connectors: what Weft's own system checks say."""
    found = [each for each in run_checks() if str(each.id).startswith("weft.")]
    for each in found:
        level = Level.WRONG if isinstance(each, Error) else Level.NOTE
        yield Sign(level, "configuration", each.msg, each.hint or "")
    if not found:
        yield Sign(Level.OK, "configuration", "Keys, queue and connectors are sound.")


def storage() -> Iterator[Sign]:
    """The database; SQLite only as it bears several processes."""
    if database.vendor != "sqlite":
        yield Sign(Level.OK, "database", "It answers and is migrated.")
        return
    with database.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    begin = database.settings_dict["OPTIONS"].get("transaction_mode")
    if (mode, begin) == ("wal", "IMMEDIATE"):
        yield Sign(Level.OK, "database", "SQLite in WAL mode, migrated.")
    else:
        yield Sign(
            Level.WRONG,
            "database",
            f"SQLite runs with journal {mode} and transactions {begin}.",
            "Keep the file on a local disk, and the settings as they came.",
        )


def clock() -> Iterator[Sign]:
    """Whether this machine and the database agree what time it is."""
    here = timezone.now()
    with database.cursor() as cursor:
        # The standard's word stands still inside a transaction.
        word = {"postgresql": "clock_timestamp()"}.get(database.vendor)
        cursor.execute(f"SELECT {word or 'CURRENT_TIMESTAMP'}")
        told = cursor.fetchone()[0]
    there = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    ahead = WorkerBeat.objects.filter(beat_at__gt=here + SKEW).exists()
    if abs(there - here) > SKEW or ahead:
        yield Sign(
            Level.WRONG,
            "clock",
            f"This machine says {here:%H:%M:%S} UTC, another {there:%H:%M:%S}.",
            "Let every machine take its time from the network (NTP).",
        )
    else:
        yield Sign(Level.OK, "clock", f"{here:%Y-%m-%d %H:%M:%S} UTC.")


def worker() -> Iterator[Sign]:
    """Whether anybody works."""
    last = WorkerBeat.objects.order_by("-beat_at").first()
    age = timezone.now() - last.beat_at if last else None
    if last is not None and age is not None:
        seconds = round(age.total_seconds())
        if seconds <= settings.WEFT_WATCHDOG_SECONDS:
            message = f"{last.host} gave a sign of life {seconds} s ago."
            yield Sign(Level.OK, "worker", message)
            return
    when = f"since {last.beat_at:%Y-%m-%d %H:%M} UTC" if last else "yet"
    yield Sign(
        Level.WRONG,
        "worker",
        f"No worker gave a sign of life {when}.",
        "Start one: manage.py runworker, or make run.",
    )


def address() -> Iterator[Sign]:
    """Whether platforms and merchants can reach this installation, and it only them."""
    public = settings.WEFT_PUBLIC_URL
    parts = urlsplit(public)
    local = is_local(parts.hostname or "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = f"WEFT_PUBLIC_URL is no address: {public}"
        yield Sign(Level.WRONG, "address", message, "Such as https://weft.example.com")
    elif local:
        yield Sign(
            Level.NOTE,
            "address",
            f"{public} is this machine alone: no platform outside can call it.",
            "Set WEFT_PUBLIC_URL. Until then changes are found by looking.",
        )
    elif parts.scheme == "http":
        yield Sign(
            Level.WRONG,
            "address",
            f"{public} is not encrypted: passwords and webhooks can be read.",
            "Put a proxy with a certificate before it, and https in WEFT_PUBLIC_URL.",
        )
    else:
        yield Sign(Level.OK, "address", public)
    if settings.WEFT_ALLOW_LOOPBACK:
        yield Sign(
            Level.NOTE if local else Level.WRONG,
            "address",
            "WEFT_ALLOW_LOOPBACK lets connections call this machine itself.",
            "Only the sandbox needs it.",
        )


def mail() -> Iterator[Sign]:
    """Whether merchants can be told of problems."""
    kind = settings.EMAIL_BACKEND.rpartition("backends.")[2].partition(".")[0]
    if kind in NO_MAIL:
        message = f"Mail goes nowhere ({kind}): merchants are told nothing."
        level = Level.NOTE if settings.DEBUG else Level.WRONG
        yield Sign(level, "mail", message, "Set EMAIL_URL.")
    else:
        yield _mail_server()
    silent = Tenant.objects.filter(email="", active=True).values_list("slug", flat=True)
    if silent:
        yield Sign(
            Level.NOTE,
            "mail",
            f"Nobody is told of problems at: {', '.join(silent)}.",
            "Enter an e-mail address for them in the admin.",
        )


def _mail_server() -> Sign:
    name = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    sender = get_connection(timeout=5)
    try:
        sender.open()
        sender.close()
    except OSError as error:
        # Of the standard library: no address or password is in its words.
        words = f"The mail server {name} does not take us in: {type(error).__name__}."
        return Sign(Level.WRONG, "mail", words, "Check EMAIL_URL.")
    return Sign(Level.OK, "mail", f"{name} takes mail.")


def is_local(host: str) -> bool:
    """Whether this name is that of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
