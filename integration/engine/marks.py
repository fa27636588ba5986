"""Marks: where the next read of a list resumes, and which of two comes later."""

from __future__ import annotations

from django.utils import timezone

from integration.contract.connector import CursorType
from integration.engine.session import stream_of
from integration.models import Cursor, Run


def move(run: Run, mark: str | None) -> None:
    """Move the cursor of a run's list: forward only, but for a full read, which is
    believed. A mark of nothing leaves it where it is."""
    if not mark:
        return
    cursor, _ = Cursor.everywhere.get_or_create(
        tenant_id=run.tenant_id, connection=run.connection, stream=run.stream
    )
    if run.everything or later(stream_of(run).cursor, mark, cursor.value):
        Cursor.everywhere.filter(pk=cursor.pk).update(
            value=mark, advanced_at=timezone.now()
        )


def later(kind: CursorType, mark: str, value: str) -> bool:
    """Whether `mark` comes after `value` ("" is the beginning): times as text,
    revisions as whole numbers; a token has no order, so another one counts.

    ValueError where a revision is no number.
    """
    if not value:
        return True
    if kind == CursorType.REVISION:
        return int(mark) > int(value)
    return mark != value if kind == CursorType.TOKEN else mark > value
