"""Records that a person keeps apart: nothing makes one of them again but a person.

Kept as a key of both that no platform ever tells: the uid of the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from integration.models import Connection, MatchKey, Record

# The name of such a key.
APART = "apart"


def keep(connection: Connection, one: Record, other: Record) -> None:
    """These two are different things, as far as this connection knows them."""
    MatchKey.everywhere.bulk_create(
        [
            MatchKey(
                tenant_id=each.tenant_id,
                record=each,
                connection=connection,
                kind=each.kind,
                name=APART,
                value=str(away.uid),
            )
            for each, away in ((one, other), (other, one))
        ],
        update_conflicts=True,
        unique_fields=["record", "connection", "name"],
        update_fields=["value"],
    )


def kept(one: Record, other: Record) -> bool:
    """Whether a person keeps these two apart."""
    return _between([one], [other]).exists()


def forget(ones: Sequence[Record], others: Sequence[Record]) -> None:
    """A person makes one of them after all."""
    _between(ones, others).delete()


def _between(ones: Sequence[Record], others: Sequence[Record]) -> QuerySet[MatchKey]:
    pairs = Q(record__in=ones, value__in=[str(each.uid) for each in others])
    pairs |= Q(record__in=others, value__in=[str(each.uid) for each in ones])
    return MatchKey.everywhere.filter(pairs, name=APART)
