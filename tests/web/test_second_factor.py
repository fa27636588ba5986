"""Who owes a second factor gets nowhere without; who has one confirms with it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from integration import environment
from integration.models import Member, Role, Tenant
from tests.people import authenticator, sign_in

LOGIN = "/account/login/"
SECOND = "/account/two-factor/authenticate/"
INDEX = "/account/two-factor/"
ACTIVATE = "/account/two-factor/totp/activate/"
CHANGE = "/account/password/change/"


@pytest.fixture(autouse=True)
def uncounted(db: None, settings: Any) -> None:
    """No try of another test counts, and hashing a password takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def staff() -> User:
    """As `createsuperuser` leaves one: an address nobody proved, no second factor."""
    return User.objects.create_superuser("boss", "boss@example.com", "correct horse 9")


def password(client: Client, following: str = "/") -> str:
    """Sign the staff in by password; where that leads."""
    given = {"login": "boss@example.com", "password": "correct horse 9"}
    answer = client.post(LOGIN, {**given, "next": following})
    return answer.headers["Location"]


def code(secret: str) -> str:
    """What the app shows now."""
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))


@pytest.mark.django_db(transaction=True)
def test_the_first_of_the_staff_is_led_to_a_second_factor_and_in(
    client: Client, staff: User
) -> None:
    assert client.get("/admin/login/").headers["Location"].startswith(LOGIN)
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert password(client, "/admin/") == "/admin/"
    assert client.get("/admin/").headers["Location"] == INDEX
    assert "required here" in client.get(INDEX).content.decode()
    asked = client.get(ACTIVATE).headers["Location"]
    assert asked.startswith("/account/reauthenticate/?next=")
    client.post(asked, {"password": "correct horse 9"})
    secret = client.get(ACTIVATE).context["form"].secret
    answer = client.post(ACTIVATE, {"code": code(secret)})
    assert answer.headers["Location"].endswith("/recovery-codes/")
    assert (
        "Go on to where you were going"
        in client.get(answer["Location"]).content.decode()
    )
    assert client.get("/account/two-factor/go-on/").headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_password_alone_opens_nothing_to_who_has_a_second_factor(
    client: Client, staff: User
) -> None:
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)
    assert password(client) == SECOND
    for path in ("/admin/", INDEX, CHANGE, "/"):
        assert (
            client.get(path)
            .headers["Location"]
            .startswith(("/account/login", "/admin/login"))
        )
    assert client.post(SECOND, {"code": "000000"}).status_code == 200
    shown = code(secret)
    assert client.post(SECOND, {"code": shown}).status_code == 302
    assert client.get("/admin/").status_code == 200
    other = Client()
    password(other)
    assert other.post(SECOND, {"code": shown}).status_code == 200, "used twice"
    assert other.get("/admin/").status_code == 302


def test_a_recovery_code_opens_once(client: Client, staff: User) -> None:
    authenticator(staff)
    spare = RecoveryCodes.activate(staff).get_unused_codes()[0]
    for who, status in ((client, 200), (Client(), 302)):
        password(who)
        who.post(SECOND, {"code": spare})
        assert who.get("/admin/").status_code == status


def test_a_session_older_than_the_second_factor_signs_in_again(
    client: Client, staff: User
) -> None:
    sign_in(client, staff, second_factor=False, confirmed=True)
    authenticator(staff)
    answer = client.get(CHANGE)
    assert (
        answer.headers["Location"] == f"{LOGIN}?next=%2Faccount%2Fpassword%2Fchange%2F"
    )
    assert "_auth_user_id" not in client.session


def test_taking_the_last_one_away_shuts_the_staff_pages_at_once(
    client: Client, staff: User
) -> None:
    sign_in(client, staff, confirmed=True)
    assert client.get("/admin/").status_code == 200
    client.post("/account/two-factor/totp/deactivate/")
    assert client.get("/admin/").headers["Location"] == INDEX


def test_changing_how_one_signs_in_asks_again_for_the_second_factor(
    client: Client, staff: User
) -> None:
    sign_in(client, staff)
    for path in (CHANGE, "/account/email/", "/account/two-factor/webauthn/add/"):
        asked = client.get(path).headers["Location"]
        assert asked.startswith("/account/two-factor/reauthenticate/?next="), path
    # The password is no way to confirm any more.
    by_password = client.get("/account/reauthenticate/").headers["Location"]
    assert by_password == "/account/two-factor/reauthenticate/"
    secret = "a secret nobody keeps"
    sent = client.post(
        CHANGE,
        {"oldpassword": secret},
        headers={"Referer": f"http://testserver{CHANGE}"},
    )
    assert sent.headers["Location"].endswith("next=%2Faccount%2Fpassword%2Fchange%2F")
    assert secret not in str(dict(client.session))
    spare = RecoveryCodes.activate(staff).get_unused_codes()[0]
    back = client.post(sent.headers["Location"], {"code": spare})
    assert back.headers["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200


def test_a_merchant_may_ask_it_of_every_member(client: Client, db: None) -> None:
    acme = Tenant.objects.create(slug="acme", name="Acme")
    user = User.objects.create_user("vic", "vic@example.com", "pw")
    Member.objects.create(tenant=acme, user=user, role=Role.VIEWER)
    sign_in(client, user, second_factor=False)
    team = "/t/acme/settings/team/"
    assert client.get(team).status_code == 200
    Tenant.objects.update(two_factor=True)
    assert client.get(team).headers["Location"] == INDEX
    part = client.get(team, headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == INDEX
    sign_in(client, user)
    assert client.get(team).status_code == 200


def test_secrets_of_second_factors_are_sealed_and_change_keys_with_the_rest(
    staff: User, settings: object
) -> None:
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)
    codes = RecoveryCodes.activate(staff).get_unused_codes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = str(cursor.fetchall())
    assert secret not in stored
    assert all(spare not in stored for spare in codes)
    new, old = environment.fernet_key(), settings.WEFT_ENCRYPTION_KEYS  # type: ignore[attr-defined]
    with override_settings(WEFT_ENCRYPTION_KEYS=[new, *old]):
        call_command("rotate_keys")
    with override_settings(WEFT_ENCRYPTION_KEYS=[new]):
        app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
        assert app.wrap().validate_code(code(secret))
        kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
        assert kept.wrap().get_unused_codes() == codes


def test_who_lost_it_is_helped_from_the_console(client: Client, staff: User) -> None:
    sign_in(client, staff)
    call_command("reset_second_factor", "boss@example.com")
    assert client.get("/admin/").status_code == 302
    assert password(client, "/admin/") == "/admin/"
    assert client.get("/admin/").headers["Location"] == INDEX
