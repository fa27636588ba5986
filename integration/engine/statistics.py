"""Keeps the database's statistics true while a table fills for the first time.

Without them PostgreSQL answers a page's look-ups by reading the whole tenant, and a
first load grows with the square of its size.
"""

from __future__ import annotations

from django.db import connection

from integration.models import Delivery, Link, MatchKey, Record, Sighting

# Rows made by one read after which the tables are looked at again.
AFTER = (1_000, 30_000, 1_000_000)
TABLES = (Sighting, Link, Record, MatchKey, Delivery)


def after_page(made: int, just_now: int) -> None:
    """ANALYZE when a read has just passed one of the marks; PostgreSQL only.

    `made` counts the rows it made so far, `just_now` those of its last page.
    """
    if connection.vendor != "postgresql":
        return
    if any(made - just_now < mark <= made for mark in AFTER):
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f'ANALYZE "{table._meta.db_table}"')
