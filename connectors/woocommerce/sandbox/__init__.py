"""A WooCommerce shop in small, for trying Weft without one."""

from connectors.woocommerce.sandbox.shopfront import WooCommerce

PLATFORM = WooCommerce
