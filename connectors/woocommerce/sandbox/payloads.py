"""Makes what a webhook says about a thing, as the thing is when it is said."""

from connectors.woocommerce.sandbox.customers import customer_shown
from connectors.woocommerce.sandbox.exchange import Record, Refusal
from connectors.woocommerce.sandbox.order_view import order_shown
from connectors.woocommerce.sandbox.orders import found as found_order
from connectors.woocommerce.sandbox.product_view import product_shown
from connectors.woocommerce.sandbox.products import found as found_product
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.variations import variation_shown


def payload(shop: Shop, topic: str, number: int) -> Record:
    """Give the body of a delivery: the thing as the REST API shows it.

    Of a deleted thing only the id; of one that is gone by now, the API's error.
    """
    resource, _, event = topic.partition(".")
    if event == "deleted":
        return {"id": number}
    try:
        if resource == "order":
            order = found_order(shop, number)
            return order_shown(shop, order, shop.settings.decimals)
        if resource == "customer":
            return _customer(shop, number)
        product = found_product(shop, number)
    except Refusal as refusal:
        return refusal.body()
    if product["type"] == "variation":
        return variation_shown(shop, product)
    return product_shown(shop, product)


def _customer(shop: Shop, number: int) -> Record:
    row = shop.customers.get(number)
    if row is None:
        raise Refusal("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
    return customer_shown(shop, row)
