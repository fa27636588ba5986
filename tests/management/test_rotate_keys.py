"""`manage.py rotate_keys`: every secret under the newest key, whatever interrupts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings

from tests.management.conftest import Ended

Run = Callable[..., Ended]
SECRET = {"key": "a canary in the mine"}


@pytest.fixture
def keys(db: None) -> list[str]:
    """A new key before the old one, and five connections sealed with the old."""
    from integration.models import Connection, Tenant

    tenant = Tenant.objects.create(slug="acme", name="Acme")
    for number in range(5):
        Connection(
            tenant=tenant, platform="crystal", account=str(number), secrets=SECRET
        ).save()
    return [Fernet.generate_key().decode(), *settings.WEFT_ENCRYPTION_KEYS]


def opened() -> list[dict[str, str]]:
    from integration.models import Connection

    return [connection.secrets for connection in Connection.everywhere.order_by("pk")]


def stored() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM integration_connection ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_a_killed_rotation_goes_on_and_the_old_key_can_be_dropped(
    run: Run, keys: list[str]
) -> None:
    from integration.management.commands.rotate_keys import rotate

    with override_settings(WEFT_ENCRYPTION_KEYS=keys):
        # Killed after the first batch: its generator is simply not asked again.
        assert next(rotate(batch=2)).renewed == 2
        ended = run("rotate_keys", "--batch", 2)
        assert "3 of 5 secrets still used an old key." in ended.out
        assert "0 of 5" in run("rotate_keys").out
    with override_settings(WEFT_ENCRYPTION_KEYS=keys[:1]):
        assert opened() == [SECRET] * 5
    assert SECRET["key"] not in "".join(stored())


def test_what_was_stored_anew_meanwhile_is_not_overwritten(keys: list[str]) -> None:
    from integration.management.commands.rotate_keys import rotate
    from integration.models import Connection

    with override_settings(WEFT_ENCRYPTION_KEYS=keys):
        steps = rotate(batch=2)
        next(steps)
        last = Connection.everywhere.latest("pk")
        last.secrets = {"key": "newer"}
        last.save()
        assert sum(step.renewed for step in steps) == 2
        assert opened()[-1] == {"key": "newer"}


def test_a_secret_no_key_opens_is_named_and_stops_no_other(
    run: Run, keys: list[str]
) -> None:
    from integration.models import Connection

    first, *others = Connection.everywhere.order_by("pk")
    # A stored secret copied to another row cannot be opened there.
    copied = stored()[1]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integration_connection SET secrets = %s WHERE id = %s",
            [copied, first.pk],
        )
    with override_settings(WEFT_ENCRYPTION_KEYS=keys):
        ended = run("rotate_keys")
    assert f"connection {first.pk}" in ended.error
    assert "4 of 5" in ended.out
    with override_settings(WEFT_ENCRYPTION_KEYS=keys[:1]):
        assert [each.secrets for each in Connection.everywhere.order_by("pk")[1:]] == [
            SECRET
        ] * len(others)
