"""Sales that were cancelled or refunded after they were sent on: told, never sent."""

from __future__ import annotations

from collections.abc import Sequence

from integration.canonical.kinds import Kind
from integration.canonical.sales import Fulfilment, OrderStatus, PaymentState
from integration.engine.detect import Bundle
from integration.engine.identity import Identities, name_of
from integration.engine.intake import Intake
from integration.models import Link, Route
from synclog import journal
from synclog.journal import Problem


def tell(intake: Intake, bundles: Sequence[Bundle], found: Identities) -> None:
    """Open a problem for every order undone at its source after a target took it."""
    undone = {
        found.records[name_of(status)].pk: (bundle, status)
        for bundle in bundles
        if (status := _undone(bundle)) is not None
    }
    routes = [route for route in intake.routes if route.kind == Kind.ORDER]
    if not undone or not routes:
        return
    sent = Link.everywhere.filter(
        connection__in=[route.target_id for route in routes],
        kind__in={route.writes for route in routes},
        record__in=undone,
    ).values_list("record_id", "connection_id", "external_id")
    by_target = {route.target_id: route for route in routes}
    credited = {r.target_id for r in intake.routes if r.kind == Kind.REFUND}
    for record_id, target_id, external_id in sent:
        bundle, status = undone[record_id]
        if target_id in credited and status.payment == PaymentState.REFUNDED:
            # The refund goes there by itself: by hand it would be given back twice.
            continue
        problem = _problem(bundle, status, by_target[target_id], external_id, record_id)
        journal.open_problems(
            intake.connection, [problem], run=intake.run, at=intake.now
        )


def _undone(bundle: Bundle) -> OrderStatus | None:
    """The status of an order that was just cancelled or refunded."""
    status = bundle.of_kind(Kind.ORDER_STATUS)
    if not isinstance(status, OrderStatus) or Kind.ORDER_STATUS not in bundle.changed:
        return None
    ended = (
        status.fulfilment == Fulfilment.CANCELLED
        or status.payment == PaymentState.REFUNDED
    )
    return status if ended else None


def _problem(
    bundle: Bundle, status: OrderStatus, route: Route, there: str, record_id: int
) -> Problem:
    order = bundle.of_kind(Kind.ORDER)
    label = order.label if order else f"Order {bundle.raw.external_id}"
    return Problem(
        kind=Kind.ORDER_STATUS,
        external_id=bundle.raw.external_id,
        code="undone_after_sending",
        field=f"status in {route.target.label}",
        message=f"{label} is now {status.word}, after it was sent to "
        f"{route.target.label} as {there}.",
        hint=f"Cancel it in {route.target.label} by hand, then resolve this.",
        who="item",
        label=label,
        record_id=record_id,
    )
