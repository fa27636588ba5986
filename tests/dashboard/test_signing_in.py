"""Signing in by e-mail and password: who gets in, how often one may try, where to."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.test import Client, override_settings

from integration.models import Member, Role, Tenant
from tests.people import sign_in

LOGIN = "/account/login/"
RESET = "/account/password/reset/"
PASSWORD = "correct horse 9"


@pytest.fixture(autouse=True)
def uncounted(db: None, settings: Any) -> None:
    """No try of another test counts, and hashing a password takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def olga() -> User:
    """An owner of Acme's."""
    acme = Tenant.objects.create(slug="acme", name="Acme")
    user = User.objects.create_user("olga", "olga@example.com", PASSWORD)
    Member.objects.create(tenant=acme, user=user, role=Role.OWNER)
    return user


def attempt(
    client: Client, email: str = "olga@example.com", word: str = PASSWORD, **more: str
) -> tuple[int, str]:
    """Sign in from an address; the status, and where it leads or what it says."""
    address = more.pop("address", "192.0.2.1")
    given = {"login": email, "password": word, **more}
    answer = client.post(LOGIN, given, REMOTE_ADDR=address)
    said = re.findall(r'role="alert">([^<]+)<', answer.content.decode())
    return answer.status_code, answer.headers.get("Location") or " ".join(said)


def test_email_and_password_lead_to_the_merchant(client: Client, olga: User) -> None:
    assert attempt(client, "OLGA@example.com") == (302, "/")
    assert client.get("/").headers["Location"] == "/t/acme/"
    assert client.get("/account/logout/").status_code == 200, "GET only asks"
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/").status_code == 302


def test_nobody_signs_up_and_nobody_signs_in_by_user_name(
    client: Client, olga: User
) -> None:
    form = {"email": "a@example.com", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/account/signup/", form)
    assert User.objects.count() == 1
    assert attempt(client, "olga")[0] == 200
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_gets_the_same_answers(client: Client, olga: User) -> None:
    known = attempt(client, word="wrong")
    assert attempt(client, "nobody@example.com", "wrong") == known
    answers = [
        client.post(RESET, {"email": email}, REMOTE_ADDR="192.0.2.9")
        for email in ("olga@example.com", "nobody@example.com")
    ]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert [each.to for each in mail.outbox] == [
        ["olga@example.com"],
        ["nobody@example.com"],
    ]


def test_five_wrong_tries_a_minute_shut_an_account_from_anywhere(
    client: Client, olga: User
) -> None:
    for number in range(5):
        status, said = attempt(
            Client(headers={"Host": ["testserver", "localhost"][number % 2]}),
            word="wrong",
            address=f"192.0.2.{number}",
        )
        assert (status, "Too many" in said) == (200, False)
    status, said = attempt(client, address="198.51.100.1")
    assert status == 200
    assert "Too many" in said
    assert attempt(client, "other@example.com", address="198.51.100.1")[0] == 200


def test_twenty_tries_a_minute_shut_an_address_out(client: Client, olga: User) -> None:
    for number in range(20):
        assert attempt(client, f"{number}@example.com", "wrong")[0] == 200
    assert attempt(client)[0] == 429
    assert attempt(client, address="198.51.100.1")[0] == 302


def test_tries_are_counted_across_processes() -> None:
    cache.set("tries", 1, 60)

    fresh = DatabaseCache("weft_cache", {})
    assert fresh.get("tries") == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example",
        "//evil.example",
        r"/\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "http://localhost/",
        "http://testserver/t/acme/",
        " //evil.example",
        "\t//evil.example",
    ],
)
def test_next_leads_nowhere_else(client: Client, olga: User, hostile: str) -> None:
    assert attempt(client, next=hostile) == (302, "/")
    client.post("/account/logout/", {"next": hostile})
    sign_in(client, olga, second_factor=False)
    away = client.post("/language/setlang/", {"language": "sv", "next": hostile})
    assert not re.search("evil|localhost|alert", away.headers["Location"])


@override_settings(ALLOWED_HOSTS=["*"])
def test_the_link_of_a_forgotten_password_names_our_own_host(
    client: Client, olga: User
) -> None:
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        client.post(RESET, {"email": olga.email}, headers=headers)
    for letter in mail.outbox:
        whole = f"{letter.subject} {letter.body} {letter.alternatives}"
        assert "evil.example" not in whole
        assert f"http://testserver{RESET}key/" in letter.body
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "olga@example.com\nBcc: evil@example.com",
        "olga@example.com,evil@example.com",
        "olga@example.com\r\nSubject: x",
        '"olga@example.com\n"@evil.example',
    ],
)
def test_an_address_puts_nothing_into_the_head_of_a_mail(
    client: Client, olga: User, hostile: str
) -> None:
    assert client.post(RESET, {"email": hostile}).status_code == 200
    assert mail.outbox == []


def test_a_forgotten_password_is_chosen_anew_once(client: Client, olga: User) -> None:
    client.post(RESET, {"email": olga.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]  # type: ignore[index]
    form = client.get(link, follow=True).request["PATH_INFO"]
    new = secrets.token_urlsafe(12)
    client.post(form, {"password1": new, "password2": new})
    assert mail.outbox[1].subject == "Your password was set anew"
    assert attempt(Client())[0] == 200
    assert attempt(Client(), word=new) == (302, "/")
    again = Client().get(link, follow=True)
    assert "worth nothing" in again.content.decode()


def test_another_address_counts_once_it_is_confirmed(
    client: Client, olga: User
) -> None:
    attempt(client)
    assert EmailAddress.objects.get(user=olga).verified, "the console's word counts"
    sign_in(client, olga, second_factor=False, confirmed=True)
    client.post("/account/email/", {"action_add": "", "email": "new@example.com"})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]  # type: ignore[index]
    assert mail.outbox[-1].to == ["new@example.com"]
    assert client.get(link).status_code == 200, "GET only asks"
    olga.refresh_from_db()
    assert olga.email == "olga@example.com"
    client.post(link)
    olga.refresh_from_db()
    assert olga.email == "new@example.com"
    assert attempt(Client(), "new@example.com") == (302, "/")
    assert mail.outbox[-1].to == ["olga@example.com"], "the old address is told"


def test_a_sign_in_fails_for_no_want_of_mail(client: Client, olga: User) -> None:
    nowhere = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": 1,
    }
    with override_settings(**nowhere):
        assert client.post(RESET, {"email": olga.email}).status_code == 302
        assert attempt(client) == (302, "/")


def test_how_pages_look_is_kept_in_the_browser(client: Client, olga: User) -> None:
    sign_in(client, olga, second_factor=False)
    chosen = {"theme": "dark", "times": "absolute", "keys": "off"}
    client.post("/account/", {"name": "Olga Öst", **chosen})
    kept = {name: client.cookies[f"weft_{name}"].value for name in chosen}
    assert kept == chosen
    page = client.get("/account/").content.decode()
    assert 'data-theme="dark"' in page
    assert "Olga Öst" in page
    assert client.post("/account/", {**chosen, "theme": "evil"}).status_code == 200
    assert client.cookies["weft_theme"].value == "dark"


@pytest.mark.parametrize(
    "path", [LOGIN, RESET, "/account/signup/", "/account/inactive/"]
)
def test_a_page_before_signing_in_holds_no_script_or_style_of_its_own(
    client: Client, path: str, db: None
) -> None:
    answer = client.get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", text)
    assert not re.search(r"\bstyle=|<style|\son\w+=", text)
