"""Lists every route of the shop's API, with the answer and the right each needs."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from werkzeug.routing import Map, Rule

from connectors.woocommerce.sandbox import (
    customers,
    orders,
    products,
    refunds,
    terms,
    variations,
    webhook_rows,
)
from connectors.woocommerce.sandbox.batch import run_batch
from connectors.woocommerce.sandbox.exchange import Answer, Call, Refusal, missing
from connectors.woocommerce.sandbox.shop import Shop

API = "/wp-json/wc/v3"
Handler = Callable[[Shop, Call], Answer]
DENIED = {
    "list": ("cannot_view", "Sorry, you cannot list resources."),
    "view": ("cannot_view", "Sorry, you cannot view this resource."),
    "create": ("cannot_create", "Sorry, you are not allowed to create resources."),
    "edit": ("cannot_edit", "Sorry, you are not allowed to edit this resource."),
    "delete": ("cannot_delete", "Sorry, you are not allowed to delete this resource."),
    "batch": (
        "cannot_batch",
        "Sorry, you are not allowed to batch manipulate this resource.",
    ),
}
METHODS = {
    "list": ("GET",),
    "view": ("GET",),
    "create": ("POST",),
    "edit": ("POST", "PUT", "PATCH"),
    "delete": ("DELETE",),
    "batch": ("POST", "PUT", "PATCH"),
}


class Route(NamedTuple):
    """One path: `does` has the handler of each right, `given` joins its ids."""

    name: str
    path: str
    does: Mapping[str, Handler]
    given: Mapping[str, Any] = {}

    @property
    def allowed(self) -> list[str]:
        """The methods of the path, in WordPress' order."""
        return [method for right in self.does for method in METHODS[right]]


def denied(right: str) -> Refusal:
    """Refuse a visitor without a key."""
    code, message = DENIED[right]
    return Refusal(f"woocommerce_rest_{code}", message, 401)


def all_routes() -> list[Route]:
    """Give the routes of the API, the paths below `/wp-json/wc/v3`."""
    return [
        *_resource("products", "/products", _of(products, "product")),
        *_terms("categories"),
        *_terms("tags"),
        *_resource(
            "product_variations",
            "/products/<int:parent>/variations",
            _of(variations, "variation"),
        ),
        Route("variations", "/variations", {"list": variations.list_variations}),
        *_resource("orders", "/orders", _of(orders, "order")),
        Route("statuses", "/orders/statuses", {"list": orders.list_statuses}),
        Route(
            "order_refunds",
            "/orders/<int:parent>/refunds",
            {"list": refunds.list_refunds, "create": refunds.create_refund},
        ),
        Route(
            "order_refund",
            "/orders/<int:parent>/refunds/<int:id>",
            {"view": refunds.get_refund, "delete": refunds.delete_refund},
        ),
        Route(
            "notes",
            "/orders/<int:parent>/notes",
            {"list": refunds.list_notes, "create": refunds.create_note},
        ),
        Route("refunds", "/refunds", {"list": refunds.list_refunds}),
        *_resource("customers", "/customers", _of(customers, "customer")),
        *_resource("webhooks", "/webhooks", _of(webhook_rows, "webhook")),
        Route("settings", "/settings/<group>", {"list": _settings}),
        Route(
            "setting",
            "/settings/<group>/<option>",
            {"view": _setting, "edit": _set_setting},
        ),
        Route("currency", "/data/currencies/current", {"view": _currency}),
        Route("status", "/system_status", {"view": _status}),
    ]


def url_map(routes: list[Route]) -> Map:
    """Give the routes to werkzeug; an endpoint is `<route>.<right>`."""
    rules = [
        Rule(f"{API}{route.path}", endpoint=f"{route.name}.{right}", methods=methods)
        for route in routes
        for right, methods in ((right, METHODS[right]) for right in route.does)
    ]
    rules += [
        Rule(f"{API}{route.path}", endpoint=f"{route.name}.schema", methods=["OPTIONS"])
        for route in routes
    ]
    rules.append(Rule(API, endpoint="index.open", methods=["GET"]))
    rules.append(Rule("/wp-content/uploads/<path:file>", endpoint="upload.open"))
    return Map(rules, strict_slashes=False, merge_slashes=False)


def _of(module: Any, thing: str) -> dict[str, Handler]:
    return {
        "list": getattr(module, f"list_{thing}s"),
        "view": getattr(module, f"get_{thing}"),
        "create": getattr(module, f"create_{thing}"),
        "edit": getattr(module, f"update_{thing}"),
        "delete": getattr(module, f"delete_{thing}"),
    }


def _resource(
    name: str,
    path: str,
    does: Mapping[str, Handler],
    given: Mapping[str, Any] | None = None,
) -> list[Route]:
    def batch(shop: Shop, call: Call) -> Answer:
        return run_batch(shop, call, does["create"], does["edit"], does["delete"])

    many = {right: does[right] for right in ("list", "create")}
    one = {right: does[right] for right in ("view", "edit", "delete")}
    return [
        Route(name, path, many, given or {}),
        Route(f"{name}_item", f"{path}/<int:id>", one, given or {}),
        Route(f"{name}_batch", f"{path}/batch", {"batch": batch}, given or {}),
    ]


def _terms(kind: str) -> list[Route]:
    does: dict[str, Handler] = {
        "list": terms.list_terms,
        "view": terms.get_term,
        "create": terms.create_term,
        "edit": terms.change_term,
        "delete": terms.delete_term,
    }
    return _resource(kind, f"/products/{kind}", does, {"kind": kind})


def _settings(shop: Shop, call: Call) -> Answer:
    return Answer(shop.settings.listed(call.ids["group"], shop.root))


def _setting(shop: Shop, call: Call) -> Answer:
    group, option = call.ids["group"], call.ids["option"]
    return Answer(shop.settings.one(group, option, shop.root))


def _set_setting(shop: Shop, call: Call) -> Answer:
    if call.param("value") is None:
        raise missing("value")
    group, option = call.ids["group"], call.ids["option"]
    return Answer(shop.settings.set(group, option, call.param("value"), shop.root))


def _currency(shop: Shop, call: Call) -> Answer:
    return Answer(shop.settings.currency_shown(shop.root))


def _status(shop: Shop, call: Call) -> Answer:
    return Answer(shop.settings.status_shown(shop.home))
