"""Where a read of one of the shop's lists stands, and up to when it has brought all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from connectors.woocommerce.client import PAGE
from integration.contract.connector import TIME_MARK

# Read again each time: what committed late, and clocks that differ.
OVERLAP = timedelta(minutes=5)
# How far behind ours a shop's clock is allowed for where a daily full read brings what
# an even slower one hid. Without it the last burst of changes, a whole import perhaps,
# would be read again at every look until something newer changes.
BEHIND = timedelta(hours=1)
# Pages by number overlap by five rows, so that deletions in between skip none.
STEP = PAGE - 5
SECOND = timedelta(seconds=1)


class Place(msgspec.Struct, omit_defaults=True):
    """Where a read goes on: rows to skip among those changed after `after`.

    `begun` is when the read began, `mark` what a whole read will have brought.
    """

    begun: str
    offset: int = 0
    after: str = ""
    mark: str = ""

    def text(self) -> str:
        """As kept between pages."""
        return msgspec.json.encode(self).decode()


def start(since: str) -> Place:
    """Where a read of changes begins."""
    begun = written(datetime.now(UTC))
    return Place(begun, after=written(read(since) - OVERLAP))


def mark(place: Place, last: str, reread: bool) -> str:
    """Up to where everything was brought, when a list of changes has ended; `reread`
    says that a daily full read brings what a slow clock hid."""
    seen = min(last, place.begun)
    if not reread:
        return seen
    return max(seen, written(read(place.begun) - BEHIND))


def following(place: Place, last: str) -> Place:
    """The page after a full one that ended with a change at `last`."""
    after = written(read(last) - SECOND) if last else ""
    if after > place.after:
        return msgspec.structs.replace(place, after=after, offset=0)
    # More than a page changed within one second: only its number tells pages apart.
    return msgspec.structs.replace(place, offset=place.offset + STEP)


def written(moment: datetime) -> str:
    """As the shop writes its GMT dates."""
    return moment.astimezone(UTC).strftime(TIME_MARK)


def read(text: str) -> datetime:
    """What `written` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
