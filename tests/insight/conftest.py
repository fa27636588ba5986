"""A merchant's items in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.insight.things import Things


@pytest.fixture
def things(db: None) -> Things:
    """A back office and a shop, with routes for products, stock and prices."""
    from tests.admin.rows import Rows
    from tests.insight.things import Things

    return Things(Rows())
