"""The steps days in a merchant's life are made of; each looks before it acts."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectors.woocommerce.sandbox import PLATFORM as SHOP
from tests.jobs.merchant import Merchant, connect, poll, work_through

if TYPE_CHECKING:
    from integration.models import Connection, Delivery

ORDERS = "orders"
LONG_AGO = "2020-01-01T00:00:00"
HIDDEN = 0


def both(
    merchant: Merchant, *, order_lookup: bool = True
) -> tuple[Connection, Connection]:
    merchant.heal("crystal")
    merchant.heal("woocommerce")
    merchant.look_up(order_lookup)
    return connect(merchant.url, order_lookup=order_lookup, page_size=2)


def account(platform: str, **given: Any) -> Connection:
    """The merchant's account at a platform, tested as a person would test it."""
    from integration.contract import registry
    from integration.engine import connect as connecting
    from integration.models import Tenant

    tenant, _ = Tenant.objects.get_or_create(
        slug="acme", defaults={"name": "Acme AB", "email": "ann@acme.example"}
    )
    connector = registry.connector(platform)
    settings, secrets = connecting.complete(connector, given)
    facts: dict[str, str] = {}
    for finding in connecting.probe(connector, settings, secrets):
        assert finding.ok, finding.message
        facts |= finding.facts
    return connecting.connect(tenant, platform, "", settings, secrets, facts)


def shop(merchant: Merchant) -> Connection:
    url = f"{merchant.url}/woocommerce"
    return account("woocommerce", url=url, allow_http=True, **SHOP.credentials)


def first_sync(merchant: Merchant, crystal: Connection, shop: Connection) -> None:
    from integration.engine import connect as connecting
    from integration.models import Cursor

    connecting.first_sync(crystal)
    connecting.first_sync(shop)
    # As if connected long ago: the cursor of the orders moves from the first poll on.
    fresh = Cursor.everywhere.filter(connection=shop, stream=ORDERS, advanced_at=None)
    fresh.update(value=LONG_AGO)
    work_through()


def stock_first(merchant: Merchant, crystal: Connection, shop: Connection) -> None:
    """Read page by page while the shop is paused; let its stock go before its goods."""
    from datetime import timedelta

    from django.utils import timezone

    from integration.engine import claim, lease, pull, steer
    from integration.engine import connect as connecting
    from integration.models import Connection, Delivery, Run

    shops = Connection.everywhere.filter(pk=shop.pk)
    steer.pause(shops)
    connecting.first_sync(crystal)
    for _ in range(20):
        found = claim.claim()
        if found is None:
            break
        if isinstance(found.work, Run):
            pull.advance(found.work, found.held, 0.0)
        lease.give_back(found.held)
    goods = Delivery.everywhere.filter(kind="product", state="planned")
    goods.update(not_before=timezone.now() + timedelta(hours=1))
    steer.resume(shops)
    work_through()
    goods.update(not_before=timezone.now())
    work_through()


def kept_by_hand(merchant: Merchant, sku: str, later: str) -> None:
    """A product the shop's owner made, unless it is there, under either SKU."""
    there = merchant.shop_products()
    if sku not in there and later not in there:
        seed = {"name": "By hand", "sku": sku, "regular_price": "1.00"}
        merchant.control("woocommerce", "seed", products=[seed])


def renamed(merchant: Merchant, sku: str, later: str) -> None:
    if sku in merchant.shop_products():
        merchant.control(
            "woocommerce", "edit", kind="product", sku=sku, changes={"sku": later}
        )


def bought(merchant: Merchant, sku: str, note: str, **more: Any) -> dict[str, Any]:
    """The order with this note, placed unless it was."""
    for row in merchant.ledger("woocommerce")[ORDERS]:
        if row["customer_note"] == note:
            return dict(row)
    return merchant.buy(sku, customer_note=note, **more)


def ring(shop: Connection, order: dict[str, Any]) -> None:
    """The shop's webhook about an order, signed and sent through the door."""
    from django.test import Client

    shop.refresh_from_db()
    body = json.dumps({"id": order["id"], "status": "processing"}).encode()
    secret = shop.secrets["webhook_secret"].encode()
    answer = Client().post(
        f"/hooks/{shop.pk}/{shop.hook_token}/",
        body,
        content_type="application/json",
        headers={
            "X-WC-Webhook-Topic": "order.created",
            "X-WC-Webhook-Signature": b64encode(
                hmac.digest(secret, body, "sha256")
            ).decode(),
        },
    )
    assert answer.status_code == 200, answer.content


def polled(shop: Connection) -> None:
    poll(shop)
    work_through()


def gone(merchant: Merchant, sku: str) -> None:
    if any(row["id"] == sku for row in merchant.ledger("crystal")["products"]):
        merchant.control("crystal", "delete", id=sku)


def shelf_cleared(merchant: Merchant, crystal: Connection, goods: list[str]) -> None:
    from integration.contract.messages import Everything
    from integration.engine.selection import ask

    merchant.control("crystal", "hide", ids=[goods[HIDDEN]])
    merchant.control("crystal", "product", id=goods[-1], price=77.5, quantity=7)
    for _ in range(2):
        ask(crystal, "products", Everything(), cause="manual")
        work_through()


def left_open(order: dict[str, Any]) -> Delivery | None:
    """The delivery of an order that waits for a person."""
    from integration.models import Delivery

    return Delivery.everywhere.filter(
        kind="order",
        state="refused",
        code="may_already_exist",
        record__links__external_id=str(order["id"]),
    ).first()


def unanswered(
    merchant: Merchant,
    shop: Connection,
    order: dict[str, Any],
    kind: str,
    answer: Callable[[Merchant, Delivery, dict[str, Any]], None],
) -> None:
    """An order whose write was not answered, and what a person makes of it."""
    stuck = left_open(order)
    if stuck is None and not merchant.crystal_orders()[str(order["id"])]:
        merchant.heal("crystal")
        merchant.fault("crystal", kind, "POST", "orders")
        polled(shop)
        stuck = left_open(order)
    merchant.heal("crystal")
    if stuck is not None:
        answer(merchant, stuck, order)
    work_through()


def post_again(merchant: Merchant, stuck: Delivery, order: dict[str, Any]) -> None:
    from integration.engine import steer

    if not merchant.crystal_orders()[str(order["id"])]:
        steer.post_again(stuck)
    else:
        confirm(merchant, stuck, order)


def confirm(merchant: Merchant, stuck: Delivery, order: dict[str, Any]) -> None:
    from integration.engine import steer

    for row in merchant.ledger("crystal")[ORDERS]:
        if row["reference"] == str(order["id"]):
            steer.confirm_there(stuck, row["id"])
            return
    steer.post_again(stuck)


def close(merchant: Merchant, stuck: Delivery, order: dict[str, Any]) -> None:
    from integration.engine import steer
    from integration.models import Delivery

    steer.close(Delivery.everywhere.filter(pk=stuck.pk))
