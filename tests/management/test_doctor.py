"""`manage.py doctor`: what is wrong with an installation, and the way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.handlers import Sink
from cryptography.fernet import Fernet
from django.test import override_settings
from django.utils import timezone

from tests.management.conftest import Ended
from tests.road import Merchant, Road
from tests.synclog.conftest import mail_server

Run = Callable[..., Ended]


@pytest.fixture
def sound(db: None) -> Iterator[None]:
    """An installation nothing is wrong with: reachable, with a worker and mail."""
    from integration.models import WorkerBeat

    WorkerBeat.objects.create(cluster="one", host="here", beat_at=timezone.now())
    with (
        mail_server(Sink()) as port,
        override_settings(
            WEFT_PUBLIC_URL="https://weft.example.com",
            ALLOWED_HOSTS=["weft.example.com", "127.0.0.1"],
            STATIC_ROOT="staticfiles",
            WEFT_ALLOW_LOOPBACK=False,
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
        ),
    ):
        yield


@pytest.fixture
def merchant(sound: None, road: Road) -> Merchant:
    """A merchant in step, whose connections may call this machine."""
    with override_settings(WEFT_ALLOW_LOOPBACK=True):
        return road.in_step()


def test_a_sound_installation_is_well(run: Run, merchant: Merchant) -> None:
    type(merchant.shop).everywhere.update(webhooks_checked_at=timezone.now())
    ended = run("doctor")
    assert ended.error == "", ended.out
    assert "All is well." in ended.out
    assert "WRONG" not in ended.out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"WEFT_PUBLIC_URL": "http://weft.example.com"}, "is not encrypted"),
        ({"WEFT_PUBLIC_URL": "weft.example.com"}, "is no address"),
        ({"WEFT_ALLOW_LOOPBACK": True}, "lets connections call this machine"),
        ({"EMAIL_PORT": 9}, "does not take us in"),
        (
            {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"},
            "Mail goes nowhere",
        ),
        ({"WEFT_ENCRYPTION_KEYS": ["short"]}, "is not a Fernet key"),
        ({"ALLOWED_HOSTS": ["*"]}, "lets in requests for any name"),
        ({"ALLOWED_HOSTS": ["127.0.0.1"]}, "weft.example.com are turned away"),
        ({"DEBUG": True}, "DEBUG is on"),
        ({"STATIC_ROOT": None}, "are not collected"),
        ({"WEFT_METRICS_TOKEN": "secret"}, "can be guessed"),
    ],
)
def test_a_wrong_setting_is_named_with_the_way_out(
    run: Run, sound: None, changes: dict[str, object], said: str
) -> None:
    with override_settings(**changes):
        ended = run("doctor")
    assert said in ended.out
    assert "1 wrong" in ended.error
    assert "→" in ended.out


def test_a_missing_worker_is_wrong(run: Run, sound: None) -> None:
    from integration.models import WorkerBeat

    WorkerBeat.objects.update(beat_at=timezone.now() - timedelta(minutes=10))
    ended = run("doctor")
    assert "No worker gave a sign of life since" in ended.out
    assert ended.error == "1 wrong."


def test_a_beat_from_the_future_tells_of_a_wrong_clock(run: Run, sound: None) -> None:
    from integration.models import WorkerBeat

    WorkerBeat.objects.update(beat_at=timezone.now() + timedelta(minutes=10))
    assert "take its time from the network" in run("doctor").out


def test_work_nobody_does_is_wrong(run: Run, merchant: Merchant) -> None:
    from integration.contract.messages import Changed
    from integration.engine.selection import ask
    from integration.models import Run as Read

    read, _ = ask(merchant.crystal, "products", Changed(), cause="manual")
    Read.everywhere.filter(pk=read.pk).update(
        not_before=timezone.now() - timedelta(hours=1)
    )
    assert "1 pieces of work are late" in run("doctor").out


def test_what_ails_a_connection_is_told_with_its_name(
    run: Run, merchant: Merchant
) -> None:
    type(merchant.crystal).everywhere.filter(pk=merchant.crystal.pk).update(
        health="needs_reauth", problem="Crystal does not accept the key."
    )
    out = run("doctor").out
    assert "acme/Crystal: Needs new credentials. Crystal does not accept" in out
    assert "acme/WooCommerce: Its webhooks were not checked yet" in out


def test_a_lost_key_is_told_for_every_secret_it_sealed(
    run: Run, merchant: Merchant
) -> None:
    with override_settings(WEFT_ENCRYPTION_KEYS=[Fernet.generate_key().decode()]):
        out = run("doctor").out
    assert out.count("Its credentials cannot be read") == 2


def test_an_old_key_still_in_use_is_noted(run: Run, merchant: Merchant) -> None:
    from django.conf import settings

    keys = [Fernet.generate_key().decode(), *settings.WEFT_ENCRYPTION_KEYS]
    with override_settings(WEFT_ENCRYPTION_KEYS=keys):
        out = run("doctor").out
    assert out.count("manage.py rotate_keys") == 2


def test_a_spent_budget_is_told_while_it_stays_shut(run: Run, sound: None) -> None:
    from integration.models import CallBudget

    CallBudget.objects.create(
        platform="crystal",
        account="acme",
        window=86_400_000,
        allowed=100,
        slots=[[time.time(), 100]],
    )
    assert "All 100 calls are spent for" in run("doctor").out


def test_what_is_no_danger_is_noted_with_the_way_out(
    run: Run, sound: None, tmp_path: Path
) -> None:
    from django.contrib.auth.models import User

    from integration.models import Endpoint, Tenant

    User.objects.create_user("sue", "sue@example.com", "pw", is_staff=True)
    tenant = Tenant.objects.create(slug="acme", name="Acme", email="a@example.com")
    Endpoint.everywhere.create(
        tenant=tenant,
        url="https://erp.example.com/weft",
        secrets={"signing": "whsec_x"},
        failing_since=timezone.now(),
    )
    with override_settings(LOCALE_PATHS=[tmp_path]):
        ended = run("doctor")
    assert ended.error == ""
    assert "Staff without a second factor: sue." in ended.out
    assert "shown in English: Ελληνικά, Svenska." in ended.out
    assert "integration.translations compile" in ended.out
    assert "Addresses of merchants that take no events: 1." in ended.out


def test_a_lost_key_is_told_for_what_is_no_connection_too(
    run: Run, sound: None
) -> None:
    from integration.models import Endpoint, Tenant

    tenant = Tenant.objects.create(slug="acme", name="Acme", email="a@example.com")
    Endpoint.everywhere.create(
        tenant=tenant, url="https://a.example.com", secrets={"signing": "whsec_x"}
    )
    with override_settings(WEFT_ENCRYPTION_KEYS=[Fernet.generate_key().decode()]):
        ended = run("doctor")
    assert "The secrets of 1 endpoints cannot be read." in ended.out
    assert ended.error == "1 wrong."
