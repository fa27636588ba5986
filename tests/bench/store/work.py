"""Runs, deliveries, and the problems some of them have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integration.models import Delivery, Run, RunTarget, bulk
from synclog.models import ErrorGroup, SyncError
from synclog.models.error import group_key
from tests.bench.store.goods import OPEN_ORDERS, Shelf, insert

if TYPE_CHECKING:
    from tests.bench.store.filling import Store

CODES = ("refused", "missing_link", "partner_unknown", "throttled")
CAUSES = ("schedule", "webhook", "rotation", "manual")
STATES = ("planned", "refused", "gave_up", "blocked")
# Of so many problems one is of an order, not of a product.
OF_ORDERS = 5
RUN = "id connection_id stream cause selection_key created_at started_at ended_at"
COUNTED = "read created updated unchanged failed calls"
DELIVERY = "id route_id record_id kind state run_id cause created_at ended_at"


def fill(store: Store, shelf: Shelf) -> Sequence[int]:
    """All of it; the keys of the runs that are over."""
    runs = bulk.reserve(Run, store.size.runs)
    insert(
        Run,
        f"{RUN} {COUNTED}",
        _runs(store, runs),
        tenant=store.tenant,
        state="done",
        selection={"type": "Changed", "since": None},
    )
    full = _full_read(store)
    _deliveries(store, shelf, runs, full)
    _errors(store, shelf, runs)
    for run in (runs[-2], full.pk):
        RunTarget.everywhere.create(
            tenant=store.tenant, run_id=run, route=store.products, owed=9
        )
    store.ids["run"] = full.pk
    return runs


def _runs(store: Store, runs: Sequence[int]) -> Iterator[Any]:
    ways = ((store.back, "products"), (store.shop, "orders"), (store.books, "contacts"))
    for number, pk in enumerate(runs):
        connection, stream = ways[number % 3]
        at = store.ago(number / len(runs), 8)
        changed = number % 4 == 0
        yield (
            *(pk, connection.pk, stream, CAUSES[number % 4], str(number)),
            *(at, at, at + timedelta(seconds=20)),
            *(10, 1 if changed else 0, 2 if changed else 0, 7 if changed else 10),
            *(0, 3),
        )


def _full_read(store: Store) -> Run:
    """One that is under way; and one that waits."""
    same = {"tenant": store.tenant, "cause": "manual", "stream": "products"}
    Run.everywhere.create(
        **same,
        connection=store.shop,
        selection={"type": "Changed", "since": None},
        selection_key="waits",
        wait_reason="budget",
    )
    return Run.everywhere.create(
        **same,
        connection=store.back,
        selection={"type": "Everything"},
        selection_key="everything",
        everything=True,
        state="running",
        started_at=store.now - timedelta(minutes=5),
        read=100,
        unchanged=100,
    )


def _deliveries(store: Store, shelf: Shelf, runs: Sequence[int], full: Run) -> None:
    """What went well; what did not stands beside its problem."""
    size = store.size
    every = size.orders + size.products
    keys = iter(bulk.reserve(Delivery, every))
    rows = []
    for i, pk in enumerate(shelf.products):
        at = store.ago(i / size.products, 30)
        run = full.pk if i % 5 == 0 else None
        rows.append(
            (
                *(next(keys), store.products.pk, pk, "product", "done", run),
                *("schedule", at, at),
            )
        )
    for i, pk in enumerate(shelf.orders):
        at = store.ago(i / size.orders, 60)
        rows.append(
            (
                *(next(keys), store.orders.pk, pk, "invoice"),
                "done" if i % OPEN_ORDERS else "planned",
                *(runs[i % len(runs)], CAUSES[i % 4], at),
                at if i % OPEN_ORDERS else None,
            )
        )
    insert(Delivery, DELIVERY, rows, tenant=store.tenant)


ERROR = (
    "id connection_id kind external_id label record_id run_id delivery_id code field"
    " group who first_at last_at"
)


def _errors(store: Store, shelf: Shelf, runs: Sequence[int]) -> None:
    size = store.size
    deliveries = bulk.reserve(Delivery, size.errors)
    errors = bulk.reserve(SyncError, size.errors)
    owed, told, groups = [], [], {}
    for number in range(size.errors):
        order = number % OF_ORDERS == 0
        route = store.orders if order else store.products
        record = _about(shelf, number, order)
        kind, letter = ("invoice", "o") if order else ("product", "p")
        at = store.ago(number / size.errors, 30)
        code, field = _sort(number, size.groups)
        place = route.target_id
        group = group_key(place, kind, code, field)
        groups[group] = (group, place, kind, code, field, at)
        state = STATES[number // size.groups % len(STATES)]
        run = runs[number % len(runs)]
        owed.append(
            (
                *(deliveries[number], route.pk, record, kind, state, run),
                *("schedule", at, at if state == "gave_up" else None),
            )
        )
        told.append(
            (
                *(errors[number], place, kind, f"{letter}{number}"),
                *(f"{kind} {number}", record, run, deliveries[number]),
                *(code, field, group, "clock" if number % 10 == 0 else "item"),
                *(at, at),
            )
        )
    insert(Delivery, DELIVERY, owed, tenant=store.tenant, message="Refused.")
    insert(
        SyncError,
        ERROR,
        told,
        tenant=store.tenant,
        message="The platform refused it: a value is not one of those allowed.",
    )
    insert(
        ErrorGroup,
        "key connection_id kind code field open_since",
        groups.values(),
        tenant=store.tenant,
    )
    store.ids |= {"error": errors[0], "group": told[0][10], "delivery": deliveries[0]}


def _about(shelf: Shelf, number: int, order: bool) -> int:
    """A record nothing else is owed of; of orders those have an invoice."""
    if not order:
        return shelf.products[number % len(shelf.products)]
    each = number // OF_ORDERS
    return shelf.orders[each + each // (OPEN_ORDERS - 1) + 1]


def _sort(number: int, groups: int) -> tuple[str, str]:
    """Code and field: so many of them together."""
    sort = number % groups
    return CODES[sort % len(CODES)], f"field{sort}"
