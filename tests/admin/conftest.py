"""A merchant with one row of everything, and the people who look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from tests.admin.rows import Rows


@pytest.fixture
def rows(db: None) -> Rows:
    """One merchant, hostile names and secrets included."""
    from tests.admin.rows import Rows

    return Rows()


@pytest.fixture
def boss(db: None) -> User:
    """A superuser."""
    from django.contrib.auth.models import User

    return User.objects.create_superuser("boss", "boss@example.com", "correct horse")


@pytest.fixture
def staff(boss: User) -> Client:
    """The boss, signed in with a second factor."""
    from tests.people import sign_in

    return sign_in(Client(), boss)
