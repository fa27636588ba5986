"""Looks over what an installation stands on: its files, its doors, its people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection as database
from django.http.request import validate_host

from integration.management.checkup import Level, Sign, is_local
from integration.models import Connection, Endpoint, SealBroken
from integration.models.sealed import SealedField

# A token somebody could guess, and space that a busy day fills.
SHORT_TOKEN = 20
LITTLE = 1_000_000_000
MOST_BROKEN = 1_000
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def premises() -> Iterator[Sign]:
    """Everything but the road itself."""
    yield from doors()
    yield from files()
    yield from seals()
    yield from people()


def public_host() -> str:
    """The name this installation is reached at; "" where only this machine can."""
    host = urlsplit(settings.WEFT_PUBLIC_URL).hostname or ""
    return "" if is_local(host) else host


def doors() -> Iterator[Sign]:
    """Who is answered, and what strangers are shown."""
    host = public_host()
    if "*" in settings.ALLOWED_HOSTS:
        message = "ALLOWED_HOSTS lets in requests for any name."
        yield Sign(Level.WRONG, "web", message, f"ALLOWED_HOSTS={host or 'localhost'}")
    elif host and not validate_host(host, settings.ALLOWED_HOSTS):
        message = f"Requests for {host} are turned away."
        yield Sign(Level.WRONG, "web", message, "Add that name to ALLOWED_HOSTS.")
    if settings.DEBUG:
        level = Level.WRONG if host else Level.NOTE
        message = "DEBUG is on: visitors see the insides of every error."
        yield Sign(level, "web", message, "Set DEBUG=false.")
    token = settings.WEFT_METRICS_TOKEN
    if token and len(token) < SHORT_TOKEN:
        message = f"WEFT_METRICS_TOKEN has {len(token)} characters: it can be guessed."
        way_out = f"Take {SHORT_TOKEN} or more, at random."
        yield Sign(Level.WRONG, "metrics", message, way_out)
    else:
        who = "whoever has the token" if token else "this machine alone"
        yield Sign(Level.OK, "metrics", f"/metrics is read by {who}.")


def files() -> Iterator[Sign]:
    """Collected style sheets, compiled translations, a database fit for its use."""
    host = public_host()
    if host and settings.STATIC_ROOT is None:
        yield Sign(
            Level.WRONG,
            "files",
            "Style sheets and scripts are not collected: pages load slowly.",
            "manage.py collectstatic --noinput, then restart the web server.",
        )
    missing = [name for code, name in settings.LANGUAGES if not _compiled(code)]
    if missing:
        message = f"Not compiled, so shown in English: {', '.join(missing)}."
        way_out = "python -m integration.translations compile, then restart."
        yield Sign(Level.NOTE, "translations", message, way_out)
    if host and database.vendor == "sqlite":
        message = "SQLite lets one process write at a time."
        way_out = "Use PostgreSQL (DATABASE_URL) where merchants depend on it."
        yield Sign(Level.NOTE, "database", message, way_out)
    free = shutil.disk_usage(_kept_in()).free
    if free < LITTLE:
        message = f"{free // 1_000_000} MB are left on the disk."
        yield Sign(Level.WRONG, "disk", message, "Make room, or take a larger one.")


def _compiled(code: str) -> bool:
    """Whether the catalogue of a language is compiled, and not older than its text."""
    if code == settings.LANGUAGE_CODE:
        return True
    folder = Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES"
    text, compiled = folder / "django.po", folder / "django.mo"
    if not compiled.is_file():
        return False
    return not text.is_file() or compiled.stat().st_mtime >= text.stat().st_mtime


def _kept_in() -> Path:
    """The folder that fills: the database's, where it is a file."""
    name = Path(str(database.settings_dict["NAME"]))
    return name.parent if database.vendor == "sqlite" else Path(settings.BASE_DIR)


def seals() -> Iterator[Sign]:
    """Secrets beside the connections' own that no key opens."""
    for model in apps.get_models():
        sealed = [each for each in model._meta.fields if isinstance(each, SealedField)]
        if not sealed or model is Connection:
            continue
        broken = 0
        rows: Any = getattr(model, "everywhere", None) or cast(Any, model).objects
        for row in rows.order_by("pk")[:MOST_BROKEN]:
            try:
                _ = [getattr(row, field.name) for field in sealed]
            except SealBroken:
                broken += 1
        if broken:
            name = model._meta.verbose_name_plural
            message = f"The secrets of {broken} {name} cannot be read."
            way_out = "Put the lost key back into WEFT_ENCRYPTION_KEYS."
            yield Sign(Level.WRONG, "keys", message, way_out)


def people() -> Iterator[Sign]:
    """Staff who could come in by a password alone, and addresses nobody answers at."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    bare = staff.exclude(
        pk__in=Authenticator.objects.filter(type__in=FACTORS).values("user")
    )
    names = list(bare.order_by("username").values_list("username", flat=True)[:10])
    if names:
        message = f"Staff without a second factor: {', '.join(names)}."
        way_out = "Have them sign in: they are led to where one is set up."
        yield Sign(Level.NOTE, "people", message, way_out)
    failing = Endpoint.everywhere.filter(failing_since__isnull=False, enabled=True)
    count = failing.count()
    if count:
        message = f"Addresses of merchants that take no events: {count}."
        way_out = "Their admins are told; see Endpoints in the admin."
        yield Sign(Level.NOTE, "events", message, way_out)
