"""What is not there, not allowed or broken is said in Weft's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.test import Client

if TYPE_CHECKING:
    from tests.admin.rows import Rows


def test_a_wrong_address_says_so_and_leads_home(db: None) -> None:
    answer = Client().get("/t/nobody-s/nothing/")
    assert answer.status_code == 404
    text = answer.content.decode()
    assert "Nothing is here" in text
    assert 'href="/"' in text


def test_a_form_without_its_token_is_told_what_to_do(rows: Rows) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": "a@example.com"})
    assert answer.status_code == 403
    assert "load the page anew" in answer.content.decode()


def test_the_page_of_last_resort_needs_nothing_that_could_be_broken() -> None:
    assert "Weft made a mistake" in render_to_string("500.html")
