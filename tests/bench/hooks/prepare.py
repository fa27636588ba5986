"""Makes a database ready: tables, a merchant and the shop that calls.

    python -m tests.bench.hooks.prepare SHOP_URL SECRET

Prints the path of the address the shop calls.
"""

from __future__ import annotations

import sys

FACTS = {
    "currency": "EUR",
    "price_num_decimals": "2",
    "prices_include_tax": "no",
    "calc_taxes": "yes",
    "weight_unit": "kg",
}


def prepare(shop: str, secret: str) -> str:
    """The path the shop calls."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.urls import reverse

    from integration.models import Connection, Tenant

    tenant = Tenant.objects.create(slug="bench", name="Bench")
    made = Connection.everywhere.create(
        tenant=tenant,
        platform="woocommerce",
        account=shop,
        label="Shop",
        settings={"url": shop, "allow_http": True},
        secrets={
            "consumer_key": "ck_bench",
            "consumer_secret": "cs_bench",
            "webhook_secret": secret,
        },
        facts=FACTS,
    )
    return reverse("hook", args=[made.pk, made.hook_token])


if __name__ == "__main__":
    print(prepare(*sys.argv[1:]))
