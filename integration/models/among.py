"""The lookup `among`: like `in`, for the many plain values a page of rows brings.

PostgreSQL is given one array instead of hundreds of values, which spares both sides
most of the work of a long list. https://www.postgresql.org/docs/current/arrays.html
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import lookups


@models.CharField.register_lookup
@models.BigAutoField.register_lookup
class Among(lookups.In):
    """`column among values`; the values are of the column's own type, none is None."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        """The values as they are: nothing among them is an expression."""
        return list(self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """See Django's lookups."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, self.rhs]
