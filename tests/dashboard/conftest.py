"""A merchant with rows, its people signed in, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.road import clock, road

if TYPE_CHECKING:
    from tests.admin.rows import Rows

__all__ = ["clock", "road"]


@pytest.fixture
def rows(db: None) -> Rows:
    """One merchant, hostile names and secrets included."""
    from tests.admin.rows import Rows

    return Rows()


@pytest.fixture
def person(rows: Rows) -> Callable[..., Client]:
    """Somebody signed in with this role of the merchant's, just now."""
    from django.contrib.auth.models import User

    from integration.models import Member
    from tests.people import sign_in

    def signed_in(role: str, *, confirmed: bool = True) -> Client:
        user = User.objects.create_user(role, f"{role}@example.com", "correct horse")
        Member.objects.create(tenant=rows.tenant, user=user, role=role)
        return sign_in(Client(), user, second_factor=False, confirmed=confirmed)

    return signed_in


@pytest.fixture
def shop_owner(person: Callable[..., Client]) -> Client:
    """An owner, signed in."""
    return person("owner")


@pytest.fixture
def looker(person: Callable[..., Client]) -> Client:
    """A viewer, signed in: may look, and nothing else."""
    return person("viewer")


@pytest.fixture
def at(rows: Rows) -> Callable[..., str]:
    """The address of a page of the merchant's: `at("items_show", record.uid)`."""

    def address(name: str, *args: Any) -> str:
        return reverse(f"dashboard:{name}", args=[rows.tenant.slug, *args])

    return address
