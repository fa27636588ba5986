"""Days in a merchant's life, each of which may break off anywhere and be begun anew.

Every step looks at what is there before it acts, so that doing all of it once more
after a crash comes to the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.crashes import signing_in, steps
from tests.crashes.books import books
from tests.crashes.depot import depot
from tests.crashes.turns import turns
from tests.jobs.merchant import Merchant, work_through
from tests.little import known

if TYPE_CHECKING:
    pass

HIDDEN, DELETED, SOLD = steps.HIDDEN, 1, 2


def road(merchant: Merchant) -> None:
    """First sync; sales by webhook and poll, one refused, one unanswered; a cleared
    shelf; a cancelled order; the hourly housekeeping."""
    from integration.engine import connect as connecting
    from integration.engine import housekeeping

    crystal, shop = steps.both(merchant)
    connecting.sync_webhooks(shop)
    steps.first_sync(merchant, crystal, shop)
    goods = sorted(merchant.shop_products())
    told = steps.bought(merchant, goods[SOLD], "told by webhook")
    steps.ring(shop, told)
    steps.ring(shop, told)
    work_through()
    steps.bought(merchant, goods[SOLD], "found by the poll")
    steps.bought(merchant, goods[DELETED], "of what Crystal no longer has")
    steps.gone(merchant, goods[DELETED])
    steps.polled(shop)
    late = steps.bought(merchant, goods[SOLD], "taken without an answer")
    if not merchant.crystal_orders()[str(late["id"])]:
        merchant.heal("crystal")
        merchant.fault("crystal", "drop_after", "POST", "orders")
    steps.polled(shop)
    steps.shelf_cleared(merchant, crystal, goods)
    cancelled = {"status": "cancelled"}
    merchant.control(
        "woocommerce", "edit", kind="order", id=told["id"], changes=cancelled
    )
    steps.polled(shop)
    housekeeping.keep_house()


def trouble(merchant: Merchant) -> None:
    """Crystal is down, the shop forgets its keys, throttles and refuses large batches,
    and a setting changes; then all is well again."""
    from integration.contract.messages import Changed, Everything
    from integration.engine import steer
    from integration.engine.selection import ask
    from integration.models import Connection

    crystal, shop = steps.both(merchant)
    merchant.fault("woocommerce", "status", "POST", "batch", status=413)
    throttle = {"status": 429, "headers": {"Retry-After": "0"}}
    merchant.fault("woocommerce", "status", "POST", "batch", **throttle)
    merchant.fault("woocommerce", "status", "GET", "products", **throttle)
    merchant.fault("crystal", "status", "GET", "products", times=-1, status=500)
    ask(crystal, "products", Everything(), cause="manual")
    work_through()
    merchant.heal("crystal")
    steer.resume(Connection.everywhere.filter(pk=crystal.pk))
    merchant.fault("crystal", "status", "GET", "products", status=404)
    ask(crystal, "products", Changed(), cause="manual")
    work_through()
    merchant.heal("crystal")
    steps.first_sync(merchant, crystal, shop)
    merchant.heal("woocommerce")
    merchant.fault("woocommerce", "status", "GET", "orders", times=-1, status=401)
    steps.polled(shop)
    merchant.heal("woocommerce")
    steps.both(merchant)
    steps.bought(merchant, sorted(merchant.shop_products())[SOLD], "after the trouble")
    merchant.control("woocommerce", "settings", price_num_decimals="3")
    ask(shop, "settings", Changed(), cause="manual")
    steps.polled(shop)


def faults(merchant: Merchant) -> None:
    """Rows nobody can work on, what the dead of other days have left behind, and
    products that come later than their stock."""
    from datetime import timedelta

    from django.utils import timezone

    from integration.contract.messages import Changed
    from integration.engine import lease, steer
    from integration.engine.selection import ask
    from integration.models import Connection, Delivery, Lease, Record, Route, Run

    crystal, shop = steps.both(merchant)
    steps.stock_first(merchant, crystal, shop)
    gone = lease.owner().rpartition(":")[0] + ":999999"
    Lease.objects.update(owner=gone, until=timezone.now() + timedelta(hours=1))
    ask(shop, "nothing", Changed(), cause="manual")
    customers, _ = Route.everywhere.get_or_create(
        tenant=shop.tenant, source=shop, target=crystal, kind="customer"
    )
    products = Route.everywhere.get(kind="product")
    records = Record.everywhere.filter(kind="product").order_by("pk")
    for route, kind, record, state in (
        (customers, "customer", records[0], "planned"),
        (products, "product", records[1], "unknown"),
    ):
        Delivery.everywhere.get_or_create(
            tenant=route.tenant,
            route=route,
            record=record,
            cause="by hand",
            defaults={"kind": kind, "state": state, "frozen": b"nonsense"},
        )
    for _ in range(4):
        work_through()
        for rows in (Run.everywhere, Delivery.everywhere):
            rows.filter(wait_reason="fault").update(not_before=timezone.now())
    Connection.everywhere.update(health="healthy")
    steer.retry(Delivery.everywhere.filter(cause="by hand", state="gave_up"))
    steps.bought(merchant, sorted(merchant.shop_products())[SOLD], "in spite of it all")
    steps.polled(shop)


def strangers(merchant: Merchant) -> None:
    """The shop had some of the products before; first only stock and prices go there,
    then all of it."""
    from integration.contract.messages import Everything
    from integration.engine.selection import ask
    from integration.models import Link, Route

    crystal, shop = steps.both(merchant)
    whole = Route.everywhere.filter(kind__in=("category", "product"))
    goods = sorted(row["id"] for row in merchant.ledger("crystal")["products"])
    linked = Link.everywhere.filter(connection=shop, kind="stock")
    if not linked.exists():
        whole.update(enabled=False)
        steps.kept_by_hand(merchant, "FORMER-NAME", goods[0])
        steps.kept_by_hand(merchant, goods[1], goods[1])
        ask(shop, "products", Everything(), cause="manual")
        work_through()
        steps.renamed(merchant, "FORMER-NAME", goods[0])
        steps.kept_by_hand(merchant, goods[2], goods[2])
        ask(crystal, "products", Everything(), cause="manual")
        work_through()
    whole.update(enabled=True)
    steps.first_sync(merchant, crystal, shop)
    ask(crystal, "products", Everything(resend=True), cause="manual")
    work_through()


def buttons(merchant: Merchant) -> None:
    """What a person can press about sales, without a look-up in Crystal to help."""
    from integration.engine import problems, steer
    from integration.models import Connection, Delivery, Record, WebhookEvent
    from synclog.models import SyncError

    crystal, shop = steps.both(merchant, order_lookup=False)
    steps.first_sync(merchant, crystal, shop)
    goods = sorted(merchant.shop_products())
    for note, kind, answer in (
        ("lost on the way", "timeout_before", steps.post_again),
        ("arrived unseen", "drop_after", steps.confirm),
        ("not wanted there", "timeout_before", steps.close),
    ):
        steps.unanswered(
            merchant, shop, steps.bought(merchant, goods[SOLD], note), kind, answer
        )
    told = steps.bought(merchant, goods[SOLD], "told and replayed")
    steps.ring(shop, told)
    steps.ring(shop, {"id": 999_999})
    work_through()
    steer.replay(WebhookEvent.everywhere.all())
    shops = Connection.everywhere.filter(pk=shop.pk)
    steer.pause(shops)
    work_through()
    steer.resume(shops)
    steer.sync_now(list(Record.everywhere.filter(kind="product")[:1]))
    steps.bought(merchant, goods[DELETED], "of what Crystal no longer has")
    steps.gone(merchant, goods[DELETED])
    steps.polled(shop)
    steer.retry(Delivery.everywhere.filter(kind="order", state="gave_up"))
    work_through()
    problems.retry(SyncError.everywhere.all())
    work_through()
    problems.ignore(SyncError.everywhere.filter(kind="product"))
    problems.resolve(SyncError.everywhere.filter(kind="product"))
    work_through()


def levers(merchant: Merchant) -> None:
    """What a person can press about products: go on though much has vanished, fill
    fields of one's own, stop a read."""
    from integration.contract.messages import Everything
    from integration.engine import steer
    from integration.engine.selection import ask
    from integration.models import Override, Run

    crystal, shop = steps.both(merchant)
    steps.first_sync(merchant, crystal, shop)
    goods = sorted(merchant.shop_products())
    merchant.control("crystal", "hide", ids=goods[1:])
    for _ in range(2):
        ask(crystal, "products", Everything(), cause="manual")
        work_through()
    steer.go_on(Run.everywhere.all())
    work_through()
    for connection, direction, field, path in (
        (shop, "write", "short_description", "name"),
        (crystal, "read", "number", "product_number"),
    ):
        Override.everywhere.get_or_create(
            tenant=shop.tenant,
            connection=connection,
            direction=direction,
            kind="product",
            field=field,
            path=path,
        )
    work_through()
    ask(crystal, "products", Everything(), cause="manual")
    steer.cancel(Run.everywhere.all())
    merchant.control("crystal", "show", ids=goods[1:])
    ask(crystal, "products", Everything(), cause="manual")
    work_through()


def leaving(merchant: Merchant) -> None:
    """Both platforms are disconnected again."""
    from integration.engine import connect as connecting
    from integration.models import Connection

    if Connection.everywhere.filter(health="disconnected").exists():
        for connection in Connection.everywhere.all():
            connecting.disconnect(connection)
        return
    crystal, shop = steps.both(merchant)
    connecting.sync_webhooks(shop)
    steps.first_sync(merchant, crystal, shop)
    for connection in (shop, crystal):
        connecting.disconnect(connection)


def signed_in(merchant: Merchant) -> None:
    """A person lets Weft in at a third platform; the tokens are renewed, the consent
    ends and is given again."""
    with known():
        crystal, shop = steps.both(merchant)
        steps.first_sync(merchant, crystal, shop)
        signing_in.whole(shop.tenant)


SCENARIOS: Mapping[str, Callable[[Merchant], None]] = {
    each.__name__: each
    for each in (
        *(road, trouble, faults, strangers, buttons, levers, leaving, signed_in),
        *(turns, books, depot),
    )
}
