"""Lists the settings the shop tells of, with their kinds and defaults."""

from typing import Any

from connectors.woocommerce.sandbox.exchange import Record


def _row(name: str, label: str, kind: str, default: str, **more: Any) -> Record:
    row = {"id": f"woocommerce_{name}", "label": label, "type": kind}
    return {**row, "default": default, **more}


DISPLAY = {"incl": "Including tax", "excl": "Excluding tax"}
SETTINGS: dict[str, list[Record]] = {
    "general": [
        _row(
            "default_country",
            "Country / State",
            "select",
            "US:CA",
            description="Where the business is located.",
            tip="Where the business is located.",
        ),
        _row(
            "calc_taxes",
            "Enable taxes",
            "checkbox",
            "no",
            description="Enable tax rates and calculations",
            tip="Taxes will be calculated during checkout.",
        ),
        _row(
            "currency",
            "Currency",
            "select",
            "USD",
            description="The shop's only currency.",
            tip="The shop's only currency.",
        ),
        _row(
            "currency_pos",
            "Currency position",
            "select",
            "left",
            description="Where the currency's symbol stands.",
            tip="Where the currency's symbol stands.",
        ),
        _row(
            "price_thousand_sep",
            "Thousand separator",
            "text",
            ",",
            description="Separates thousands in displayed prices.",
            tip="Separates thousands in displayed prices.",
        ),
        _row(
            "price_decimal_sep",
            "Decimal separator",
            "text",
            ".",
            description="Separates decimals in displayed prices.",
            tip="Separates decimals in displayed prices.",
        ),
        _row(
            "price_num_decimals",
            "Number of decimals",
            "number",
            "2",
            description="Decimals of displayed prices.",
            tip="Decimals of displayed prices.",
        ),
    ],
    "tax": [
        _row(
            "prices_include_tax",
            "Prices entered with tax",
            "radio",
            "no",
            description="",
            options={"yes": "Yes, inclusive of tax", "no": "No, exclusive of tax"},
            tip="How catalogue prices are entered.",
        ),
        _row(
            "tax_based_on",
            "Calculate tax based on",
            "select",
            "shipping",
            description="",
            options={
                "shipping": "Customer shipping address",
                "billing": "Customer billing address",
                "base": "Shop base address",
            },
            tip="Which address decides the tax.",
        ),
        _row(
            "shipping_tax_class",
            "Shipping tax class",
            "select",
            "inherit",
            description="Which tax class shipping gets.",
            options={
                "inherit": "Same as the items",
                "": "Standard",
                "reduced-rate": "Reduced rate",
                "zero-rate": "Zero rate",
            },
            tip="Which tax class shipping gets.",
        ),
        _row(
            "tax_round_at_subtotal",
            "Rounding",
            "checkbox",
            "no",
            description="Round tax for the whole order, not per line",
        ),
        _row(
            "tax_classes",
            "Additional tax classes",
            "textarea",
            "",
            description="",
            tip="One per line, besides the standard rate.",
        ),
        _row(
            "tax_display_shop",
            "Display prices in the shop",
            "select",
            "excl",
            description="",
            options=DISPLAY,
        ),
        _row(
            "tax_display_cart",
            "Display prices during cart and checkout",
            "select",
            "excl",
            description="",
            options=DISPLAY,
        ),
        _row(
            "price_display_suffix",
            "Price display suffix",
            "text",
            "",
            description="",
            tip="Text shown after prices.",
        ),
        _row(
            "tax_total_display",
            "Display tax totals",
            "select",
            "itemized",
            description="",
            options={"single": "As a single total", "itemized": "Itemized"},
        ),
    ],
    "products": [
        _row("weight_unit", "Weight unit", "select", "kg", tip="Unit of weights."),
        _row("dimension_unit", "Dimensions unit", "select", "cm", tip="Unit of sizes."),
        _row("manage_stock", "Manage stock", "checkbox", "yes", description=""),
    ],
}
