"""Where people see a thing in the shop's own back office."""

from __future__ import annotations

from connectors.woocommerce.client import shop
from integration.canonical.kinds import Kind
from integration.contract.messages import Settings

# Pages of WordPress itself; an order's leads on where orders have a table of their own.
PAGES = {
    Kind.PRODUCT: "post.php?post={id}&action=edit",
    Kind.ORDER: "post.php?post={id}&action=edit",
    Kind.CUSTOMER: "user-edit.php?user_id={id}",
}


def page_of(settings: Settings, kind: str, external_id: str) -> str | None:
    """The page of a product, an order or a customer with an account."""
    page = PAGES.get(Kind(kind))
    root = shop(settings)
    if page is None or root.scheme != "https" or not external_id.isdecimal():
        return None
    return f"{root.geturl()}/wp-admin/{page.format(id=external_id)}"
