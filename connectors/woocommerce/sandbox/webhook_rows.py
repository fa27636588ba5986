"""Answers for webhooks: lists, making, changing, removing."""

import re
from collections.abc import Mapping

from connectors.woocommerce.sandbox.dates import bounds, twins, within
from connectors.woocommerce.sandbox.exchange import (
    Answer,
    Call,
    Record,
    Refusal,
    missing,
)
from connectors.woocommerce.sandbox.listing import among, chosen, ordered, page
from connectors.woocommerce.sandbox.schema import Rule, check
from connectors.woocommerce.sandbox.shop import PING, Shop

STATUSES = ("active", "paused", "disabled")
RESOURCES = ("product", "order", "customer", "coupon")
EVENTS = ("created", "updated", "deleted", "restored")
RULES: Mapping[str, Rule] = {
    "name": "string",
    "topic": "string",
    "delivery_url": "string",
    "secret": "string",
    "status": STATUSES,
}
ORDERS = {
    "date": lambda row: row["created"],
    "id": lambda row: row["id"],
    "include": lambda row: row["id"],
    "title": lambda row: row["name"],
}


def list_webhooks(shop: Shop, call: Call) -> Answer:
    """Answer a page of webhooks; `status=all` is what is meant without one."""
    status = among(call, "status", ("all", *STATUSES))
    limits = bounds(call, shop.settings.offset)
    rows = [
        row
        for row in shop.webhooks.values()
        if (not status or "all" in status or row["status"] in status)
        and within(row, limits)
    ]
    rows = ordered(call, rows, ORDERS, "date")
    return page(
        call, rows, lambda row: webhook_shown(shop, row), f"{shop.root}/webhooks"
    )


def get_webhook(shop: Shop, call: Call) -> Answer:
    """Answer one webhook; its secret is never shown."""
    return Answer(chosen(call, webhook_shown(shop, _found(shop, call, 404))))


def create_webhook(shop: Shop, call: Call) -> Answer:
    """Make a webhook and ping its address at once."""
    check(call.body, RULES)
    for name in ("topic", "delivery_url"):
        if not call.param(name):
            raise missing(name)
    moment, number = shop.now(), shop.number("webhook")
    row: Record = {
        "id": number,
        "name": f"Webhook created on {moment}",
        "status": "active",
        "topic": "",
        "delivery_url": "",
        "secret": f"default-{number}",
        "created": moment,
        "modified": moment,
        "failures": 0,
    }
    _change(row, call)
    shop.webhooks[number] = row
    if row["status"] == "active":
        shop.tell(PING, number)
    return Answer(chosen(call, webhook_shown(shop, row)), 201)


def update_webhook(shop: Shop, call: Call) -> Answer:
    """Change a webhook; making it active again forgets its failures."""
    check(call.body, RULES)
    row = dict(_found(shop, call, 400))
    _change(row, call)
    row["modified"] = shop.now()
    if call.body.get("status") == "active":
        row["failures"] = 0
    shop.webhooks[row["id"]] = row
    return Answer(chosen(call, webhook_shown(shop, row)))


def delete_webhook(shop: Shop, call: Call) -> Answer:
    """Remove a webhook, which must be forced."""
    row = _found(shop, call, 404)
    if not call.flag("force"):
        reason = "Webhooks do not support trashing."
        raise Refusal("woocommerce_rest_trash_not_supported", reason, 501)
    del shop.webhooks[row["id"]]
    return Answer(chosen(call, webhook_shown(shop, row)))


def webhook_shown(shop: Shop, row: Record) -> Record:
    """Show a webhook."""
    resource, _, event = row["topic"].partition(".")
    offset = shop.settings.offset
    return {
        "id": row["id"],
        "name": row["name"],
        "status": row["status"],
        "topic": row["topic"],
        "resource": resource,
        "event": event,
        "hooks": [f"woocommerce_{resource}_{event}"],
        "delivery_url": row["delivery_url"],
        **twins("date_created", row["created"], offset),
        **twins("date_modified", row["modified"], offset),
        "_links": shop.links(f"/webhooks/{row['id']}", "/webhooks"),
    }


def _found(shop: Shop, call: Call, status: int) -> Record:
    row = shop.webhooks.get(call.ids["id"])
    if row is None:
        code = "woocommerce_rest_shop_webhook_invalid_id"
        raise Refusal(code, "Invalid ID.", status)
    return row


def _change(row: Record, call: Call) -> None:
    sent = {name: call.body[name] for name in RULES if call.body.get(name) is not None}
    if "topic" in sent and not _is_topic(sent["topic"]):
        code = "woocommerce_rest_invalid_topic"
        raise Refusal(code, "Webhook topic must be valid.")
    url = sent.get("delivery_url")
    if url is not None and not re.match(r"https?://[^/\s]+", url):
        code = "woocommerce_rest_invalid_delivery_url"
        reason = "The delivery URL must be valid and start with http:// or https://."
        raise Refusal(code, reason)
    row.update(sent)


def _is_topic(topic: str) -> bool:
    resource, _, event = topic.partition(".")
    if resource == "action":
        return bool(event)
    return resource in RESOURCES and (event in EVENTS or topic == "product.published")
