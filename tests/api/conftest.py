"""A merchant with rows of every sort, and programs that come in with keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from integration.models import Tenant
    from tests.admin.rows import Rows
    from tests.api.program import Program


@pytest.fixture
def rows(db: None) -> Rows:
    """Acme, hostile names and secrets included."""
    from tests.admin.rows import Rows

    return Rows()


@pytest.fixture
def program(rows: Rows) -> Program:
    """A program of Acme's that may do everything."""
    from tests.api.program import Program

    return Program.of(rows.tenant)


@pytest.fixture
def beta(rows: Rows) -> Tenant:
    """Another merchant, who has nothing."""
    from integration.models import Tenant

    return Tenant.objects.create(slug="beta", name="Beta")
