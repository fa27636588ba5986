"""Where a problem is mended: the one link that leads there."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from integration.canonical.kinds import MADE_OF, SALES
from integration.models import Connection, Record, Tenant
from synclog.advice import Mend

WORDS: dict[Mend, Any] = {
    Mend.PAIRS: _("Open the pairs"),
    Mend.ROUTE: _("Open the route"),
    Mend.CONNECTION: _("Open the connection"),
    Mend.BUDGET: _("Open the API budget"),
    Mend.ITEM: _("Open the item"),
}


class Link(NamedTuple):
    """An address and the words that lead there."""

    url: str
    words: Any


def of(
    tenant: Tenant,
    mend: Mend,
    connection: Connection,
    route: int | None = None,
    record: Record | None = None,
) -> Link | None:
    """The link for a problem of this connection, route and record; None where there is
    no page to go to."""
    slug = tenant.slug
    try:
        match mend:
            case Mend.PAIRS | Mend.ROUTE:
                name = "routes_pairs" if mend == Mend.PAIRS else "routes_show"
                url = _page(name, slug, route) if route else _page("routes", slug)
            case Mend.CONNECTION:
                url = _page("connections_show", slug, connection.pk)
            case Mend.BUDGET:
                url = f"{_page('budget', slug)}?connection={connection.pk}"
            case Mend.ITEM if record is not None:
                url = of_record(tenant, record)
            case _:
                return None
    except NoReverseMatch:
        return None
    return Link(url, WORDS[mend])


def of_record(tenant: Tenant, record: Record) -> str:
    """The page of a thing: an order's, or an item's."""
    sale = record.kind in SALES or record.kind in MADE_OF
    return _page("orders_show" if sale else "items_show", tenant.slug, record.uid)


def _page(name: str, *args: Any) -> str:
    return reverse(f"dashboard:{name}", args=args)
