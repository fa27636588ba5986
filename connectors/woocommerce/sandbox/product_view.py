"""Shows products as the REST API does, for reading and as answers to writes."""

from urllib.parse import unquote

from connectors.woocommerce.sandbox.catalogue import Catalogue
from connectors.woocommerce.sandbox.dates import twins
from connectors.woocommerce.sandbox.exchange import Record
from connectors.woocommerce.sandbox.markup import paragraphs, price_html, typographic
from connectors.woocommerce.sandbox.pricing import on_sale, price, stock_status
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.slugs import slug_of

SALE_DATES = ("date_on_sale_from", "date_on_sale_to")


def product_shown(shop: Shop, product: Record, context: str = "view") -> Record:
    """Show a product; answers to writes have the context `edit`.

    Reading gives descriptions as HTML the way the shop page would print them, so a
    text comes back other than it was sent.
    """
    edit = context == "edit"
    short = product["short_description"]
    view = {
        **_head(shop, product),
        "description": product["description"]
        if edit
        else paragraphs(product["description"]),
        "short_description": short if edit else paragraphs(typographic(short)),
        **_prices(shop, product),
        **_kind(product),
        **_stock(shop.catalogue, product),
        **_shipping(product),
        "reviews_allowed": product["reviews_allowed"],
        "average_rating": "0" if edit else "0.00",
        "rating_count": 0,
        **_relations(shop, product),
        **_tail(shop, product),
    }
    if edit:
        view["permalink_template"] = f"{shop.home}/product/%pagename%/"
        view["generated_slug"] = unquote(product["slug"] or slug_of(product["name"]))
    view["_links"] = _links(shop, product)
    return view


def permalink(shop: Shop, product: Record) -> str:
    """Give the address of a product's page in the shop."""
    if product["status"] != "publish":
        return f"{shop.home}/?post_type=product&p={product['id']}"
    return f"{shop.home}/product/{product['slug']}/"


def sale_dates(shop: Shop, product: Record) -> Record:
    """Show when a sale begins and ends."""
    offset = shop.settings.offset
    begins, ends = (twins(name, product[name], offset) for name in SALE_DATES)
    return {**begins, **ends}


def _head(shop: Shop, product: Record) -> Record:
    offset = shop.settings.offset
    return {
        "id": product["id"],
        "name": product["name"],
        "slug": product["slug"],
        "permalink": permalink(shop, product),
        **twins("date_created", product["created"], offset),
        **twins("date_modified", product["modified"], offset),
        "type": product["type"],
        "status": product["status"],
        "featured": product["featured"],
        "catalog_visibility": product["catalog_visibility"],
    }


def _prices(shop: Shop, product: Record) -> Record:
    moment = shop.now()
    now = price(shop.catalogue, product, moment)
    parted = product["type"] in ("variable", "grouped")
    return {
        "sku": product["sku"],
        "price": now,
        "regular_price": "" if parted else product["regular_price"],
        "sale_price": "" if parted else product["sale_price"],
        **sale_dates(shop, product),
        "on_sale": on_sale(shop.catalogue, product, moment),
        "purchasable": bool(now) and product["type"] not in ("grouped", "external"),
        "total_sales": product["total_sales"],
    }


def _kind(product: Record) -> Record:
    names = (
        "virtual",
        "downloadable",
        "downloads",
        "download_limit",
        "download_expiry",
        "external_url",
        "button_text",
        "tax_status",
        "tax_class",
    )
    return {name: product[name] for name in names}


def _stock(catalogue: Catalogue, product: Record) -> Record:
    return {
        "manage_stock": product["manage_stock"],
        "stock_quantity": product["stock_quantity"],
        "stock_status": stock_status(catalogue, product),
        "backorders": product["backorders"],
        "backorders_allowed": product["backorders"] != "no",
        "backordered": product["stock_status"] == "onbackorder",
        "low_stock_amount": product["low_stock_amount"],
        "sold_individually": product["sold_individually"],
    }


def _shipping(product: Record) -> Record:
    needed = not product["virtual"]
    return {
        "weight": product["weight"],
        "dimensions": product["dimensions"],
        "shipping_required": needed,
        "shipping_taxable": needed and product["tax_status"] != "none",
        "shipping_class": product["shipping_class"],
        "shipping_class_id": 0,
    }


def _relations(shop: Shop, product: Record) -> Record:
    offset = shop.settings.offset
    images = [shop.gallery.shown(number, offset) for number in product["images"]]
    variations = shop.catalogue.variations_of(product["id"])
    return {
        "upsell_ids": product["upsell_ids"],
        "cross_sell_ids": product["cross_sell_ids"],
        "parent_id": product["parent_id"],
        "purchase_note": product["purchase_note"],
        "categories": [shop.terms.brief(number) for number in product["categories"]],
        "brands": [],
        "tags": [shop.terms.brief(number) for number in product["tags"]],
        "images": images,
        "attributes": product["attributes"],
        "default_attributes": product["default_attributes"],
        "variations": [row["id"] for row in variations if row["status"] != "trash"],
        "grouped_products": product["grouped_products"],
        "menu_order": product["menu_order"],
    }


def _tail(shop: Shop, product: Record) -> Record:
    settings = shop.settings
    now = price(shop.catalogue, product, shop.now())
    regular = product["regular_price"]
    return {
        "price_html": price_html(now, regular, settings.symbol, settings.decimals),
        "related_ids": shop.catalogue.related(product),
        "meta_data": product["meta_data"],
        "has_options": product["type"] == "variable",
        "post_password": product["post_password"],
        "global_unique_id": product["global_unique_id"],
    }


def _links(shop: Shop, product: Record) -> Record:
    more = {}
    if product["parent_id"]:
        more = {"up": [{"href": f"{shop.root}/products/{product['parent_id']}"}]}
    return shop.links(f"/products/{product['id']}", "/products", more)
