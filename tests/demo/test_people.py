"""What the demonstration says about signing in is true."""

from __future__ import annotations

import re

from django.core.cache import cache
from django.test import Client

from integration.demo import merchant, people
from integration.models import Tenant


def test_the_said_password_and_codes_open_what_they_are_said_to(db: None) -> None:
    cache.clear()
    said = people.make(merchant.make())
    people.owns(Tenant.objects.create(slug="second", name="Second"))
    password = re.search(r"the password (\S+)", said[0])[1]  # type: ignore[index]
    codes = re.findall(r"\b\d{8}\b", said[1])
    assert len(codes) == 4
    owner, staff = Client(), Client()
    owner.post("/account/login/", {"login": people.OWNER, "password": password})
    page = owner.get("/").content.decode()
    assert "/t/demo/" in page
    assert "/t/second/" in page
    for code in codes[:2]:
        staff.post("/account/login/", {"login": people.STAFF, "password": password})
        assert staff.get("/admin/").status_code == 302
        staff.post("/account/two-factor/authenticate/", {"code": code})
        assert staff.get("/admin/").status_code == 200
        staff.post("/admin/logout/")
        assert staff.get("/admin/").status_code == 302
