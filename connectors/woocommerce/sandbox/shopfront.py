"""Stands in for a WooCommerce shop: takes requests in, gives answers out."""

import json
from collections.abc import Mapping
from time import time
from typing import Any, ClassVar

from werkzeug import Request, Response

from connectors.woocommerce.sandbox.auth import CONSUMER_KEY, CONSUMER_SECRET, Gate
from connectors.woocommerce.sandbox.controls import control
from connectors.woocommerce.sandbox.customers import (
    blank_customer,
    customer_shown,
    keep_customer,
)
from connectors.woocommerce.sandbox.exchange import (
    Call,
    Refusal,
    respond,
)
from connectors.woocommerce.sandbox.order_view import order_shown
from connectors.woocommerce.sandbox.product_view import product_shown
from connectors.woocommerce.sandbox.refunds import refund_shown
from connectors.woocommerce.sandbox.routes import (
    API,
    Route,
    all_routes,
    denied,
    url_map,
)
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.terms import shown as term_shown
from connectors.woocommerce.sandbox.variations import variation_shown
from connectors.woocommerce.sandbox.webhook_rows import webhook_shown
from connectors.woocommerce.sandbox.webhooks import Courier
from integration.sandbox.platform import Context, Platform

ROUTES = all_routes()
NO_ROUTE = "No route was found matching the URL and request method."


class WooCommerce(Platform):
    """A WooCommerce 11.0.1 shop in small, https://woocommerce.github.io/woocommerce-rest-api-docs/."""

    key = "woocommerce"
    credentials: ClassVar[Mapping[str, str]] = {
        "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET,
    }
    url_map = url_map(ROUTES)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.courier = Courier(self.lock)
        self._routes = {route.name: route for route in ROUTES}
        self._open_shop()

    def _open_shop(self) -> None:
        self.gate = Gate(now=time)
        self.shop = Shop(self.context.base_url, self.courier.tell)
        self.courier.shop = self.shop
        owner = blank_customer(self.shop, self.shop.number("customer"))
        owner |= {"email": "owner@example.com", "username": "owner"}
        keep_customer(self.shop, {**owner, "role": "administrator"})

    def answer(
        self, endpoint: str, request: Request, values: Mapping[str, Any]
    ) -> Response:
        """Do what is asked, if the key allows it."""
        name, _, right = endpoint.partition(".")
        headers: dict[str, str] = {}
        try:
            key = self.gate.admit(request)
            if right in ("open", "schema"):
                return self._open(name, right, values)
            route = self._routes[name]
            headers["Allow"] = ", ".join(route.allowed)
            if key is None:
                raise denied(right)
            ids = {**route.given, **values}
            answer = route.does[right](self.shop, _call(request, ids))
        except Refusal as refusal:
            return respond(refusal.body(), refusal.status, headers)
        return respond(answer.body, answer.status, {**headers, **answer.headers})

    def unknown(self, request: Request) -> Response:
        """Answer as WordPress does for a route or method it does not have."""
        refusal = Refusal("rest_no_route", NO_ROUTE, 404)
        return respond(refusal.body(), refusal.status, {})

    def ledger(self) -> dict[str, Any]:
        """Give everything the shop holds as its API would show it."""
        shop = self.shop
        things = list(shop.catalogue)
        return {
            "products": [
                product_shown(shop, row, "edit")
                for row in things
                if row["type"] != "variation"
            ],
            "variations": [
                variation_shown(shop, row, "edit")
                for row in things
                if row["type"] == "variation"
            ],
            "orders": [order_shown(shop, row, 2) for row in shop.orders.values()],
            "refunds": [
                refund_shown(shop, row, 2, alone=True) for row in shop.refunds.values()
            ],
            "customers": [
                customer_shown(shop, row)
                for row in shop.customers.values()
                if row["role"] == "customer"
            ],
            "terms": [term_shown(shop, row) for row in shop.terms.rows.values()],
            "attachments": list(shop.gallery.attachments.values()),
            "webhooks": [
                {**webhook_shown(shop, row), "failures": row["failures"]}
                for row in shop.webhooks.values()
            ],
            "deliveries": list(self.courier.log),
        }

    def reset(self) -> None:
        """Open an empty shop in place of this one."""
        self.courier.forget()
        self._open_shop()

    def control(self, action: str, body: Any) -> Any:
        """Do one of the controls listed in `controls.control`."""
        if not isinstance(body, Mapping):
            raise ValueError("a control takes a JSON object")
        return control(self.shop, self.gate, self.courier, action, body)

    def close(self) -> None:
        """Stop sending webhooks."""
        self.courier.stop()

    def _open(self, name: str, right: str, values: Mapping[str, Any]) -> Response:
        """Answer what needs no key: files, the index of routes, a route's methods."""
        if name == "upload":
            found = self.shop.gallery.content(values["file"])
            if found is None:
                return Response("Not found", 404)
            data, kind = found
            return Response(data, 200, content_type=kind)
        if right == "schema":
            return respond(_described(self._routes[name]), 200, {})
        routes = {f"/wc/v3{at.path}": _described(at) for at in self._routes.values()}
        return respond({"namespace": "wc/v3", "routes": routes}, 200, {})


def _described(route: Route) -> dict[str, Any]:
    return {
        "namespace": "wc/v3",
        "methods": route.allowed,
        "endpoints": [{"methods": route.allowed, "args": {}}],
    }


def _call(request: Request, ids: Mapping[str, Any]) -> Call:
    query = {name: values[-1] for name, values in request.args.lists()}
    query = {name: text for name, text in query.items() if not _is_credential(name)}
    return Call(
        method=request.method,
        path=request.path.removeprefix(API).rstrip("/"),
        query=query,
        body=_body(request),
        ids=ids,
    )


def _is_credential(name: str) -> bool:
    return name.startswith("oauth_") or name in ("consumer_key", "consumer_secret")


def _body(request: Request) -> Mapping[str, Any]:
    raw = request.get_data()
    if not raw:
        return request.form
    if "json" not in request.mimetype:
        return dict(request.form)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Refusal(
            "rest_invalid_json",
            "Invalid JSON body passed.",
            data={"json_error_code": 4, "json_error_message": "Syntax error"},
        ) from error
    return body if isinstance(body, dict) else {}
