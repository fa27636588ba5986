"""What Weft's tables say after a scenario, for the invariants."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.jobs.merchant import Merchant


def look(merchant: Merchant) -> dict[str, Any]:
    """Everything the invariants ask about, as JSON."""
    from integration.models import Delivery, Run

    runs = Run.everywhere.all()
    return {
        "unsettled": [
            f"{delivery}: {delivery.state} {delivery.code}"
            for delivery in Delivery.everywhere.filter(
                state__in=("planned", "blocked", "sending", "unknown")
            )
        ],
        "unfinished": [
            f"{run}: {run.state} {run.message}"
            for run in runs.filter(
                state__in=("queued", "running", "held", "settling")
            ).exclude(wait_reason="not_found_yet")
        ],
        "red": [
            f"{run}: read {run.read}, accounted for {run.accounted}"
            for run in runs
            if run.read != run.accounted
        ],
        "ahead": _ahead(merchant),
        "open_errors": _open_errors(),
        "closed": _closed(),
        "repeated": _repeated(),
    }


def _ahead(merchant: Merchant) -> list[str]:
    """Orders a cursor has passed though they are not stored."""
    from integration.models import Cursor, Sighting

    cursor = Cursor.everywhere.filter(
        connection__platform="woocommerce", stream="orders"
    ).first()
    if cursor is None or cursor.advanced_at is None:
        # It says where the first read begins, not yet what is stored.
        return []
    stored = set(
        Sighting.everywhere.filter(stream="orders").values_list(
            "external_id", flat=True
        )
    )
    return [
        str(row["id"])
        for row in merchant.ledger("woocommerce")["orders"]
        if row["date_modified_gmt"] < cursor.value and str(row["id"]) not in stored
    ]


def _open_errors() -> dict[str, int]:
    """How many open errors each order has, by its number in the shop."""
    from synclog.models import SyncError

    found = SyncError.everywhere.filter(state="open", kind__in=("order", "invoice"))
    return dict(Counter(found.values_list("external_id", flat=True)))


def _closed() -> list[str]:
    """Orders a person closed."""
    from integration.models import Link

    return list(
        Link.everywhere.filter(
            kind="order",
            connection__platform="woocommerce",
            record__deliveries__done_by="closed_by_person",
        ).values_list("external_id", flat=True)
    )


def _repeated() -> list[str]:
    """Open deliveries of one record into one route: never more than one."""
    from integration.models import Delivery
    from integration.models.delivery import OPEN_DELIVERIES

    pairs = Counter(
        Delivery.everywhere.filter(state__in=OPEN_DELIVERIES).values_list(
            "route", "record"
        )
    )
    return [str(pair) for pair, count in pairs.items() if count > 1]
