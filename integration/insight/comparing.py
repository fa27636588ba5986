"""One thing as each platform shows it: the lines of the table that lays them side by
side, with what contradicts a route marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from integration.canonical.catalog import Status
from integration.canonical.codec import plain
from integration.canonical.kinds import Kind
from integration.canonical.parties import Address
from integration.canonical.record import Record as Canonical
from integration.insight import values
from integration.models import Policy, Route

# What one platform says of a thing and its facets, by kind.
Said = Mapping[str, Canonical]
LONGEST = 160
STATUSES = {
    Status.LIVE: _("for sale"),
    Status.HIDDEN: _("hidden"),
    Status.DISCONTINUED: _("no longer sold"),
}


class Shown(NamedTuple):
    """A field in people's words; `same` fields a route keeps equal."""

    name: Any
    kind: Kind
    read: Callable[[Any], str]
    same: bool = False


class Word(NamedTuple):
    """What one platform says in a line."""

    text: str
    differs: bool = False


class Line(NamedTuple):
    """One field, platform by platform."""

    name: Any
    words: Sequence[Word]

    @property
    def differs(self) -> bool:
        """Whether any of them contradicts its route."""
        return any(word.differs for word in self.words)


def lines(
    said: Mapping[int, Said], order: Sequence[int], routes: Sequence[Route]
) -> list[Line]:
    """The lines of a table whose columns are these connections; none that is empty."""
    found = []
    for shown in _fields(said):
        texts = [_text(shown, said.get(place, {})) for place in order]
        if not any(texts):
            continue
        words = [
            Word(text, _astray(shown, said, place, routes))
            for place, text in zip(order, texts, strict=True)
        ]
        found.append(Line(shown.name, words))
    return found


def _fields(said: Mapping[int, Said]) -> Sequence[Shown]:
    kinds = {kind for each in said.values() for kind in each}
    known = [shown for shown in FIELDS if shown.kind in kinds]
    return known or _plainly(said)


def _plainly(said: Mapping[int, Said]) -> list[Shown]:
    """Fields of a kind that has no words of its own here."""
    names: dict[tuple[str, str], None] = {}
    for each in said.values():
        for kind, thing in each.items():
            for name, value in plain(thing).items():
                if isinstance(value, str | int | float) and name != "external_id":
                    names[(kind, name)] = None
    return [
        Shown(name.replace("_", " ").capitalize(), Kind(kind), _named(name))
        for kind, name in names
    ]


def _named(name: str) -> Callable[[Any], str]:
    return lambda thing: str(getattr(thing, name, "") or "")


def _text(shown: Shown, said: Said) -> str:
    thing = said.get(shown.kind)
    return shown.read(thing)[:LONGEST] if thing is not None else ""


def _astray(
    shown: Shown, said: Mapping[int, Said], place: int, routes: Sequence[Route]
) -> bool:
    """Whether a connection contradicts the one that a route makes its master."""
    there = said.get(place, {}).get(shown.kind)
    if there is None or not shown.same:
        return False
    carried = (shown.kind, Kind.PRODUCT if shown.kind == Kind.VARIANT else shown.kind)
    for route in routes:
        if not route.enabled or route.policy != Policy.OVERWRITE:
            continue
        if route.target_id != place or route.kind not in carried:
            continue
        here = said.get(route.source_id, {}).get(shown.kind)
        if here is not None and _contradict(shown, here, there):
            return True
    return False


def _contradict(shown: Shown, here: Canonical, there: Canonical) -> bool:
    if shown.kind in values.FACET_KINDS:
        return values.contradict(here, there)
    mine, theirs = (shown.read(each).strip().casefold() for each in (here, there))
    return bool(mine and theirs) and mine != theirs


def _status(product: Any) -> str:
    return str(STATUSES[product.status])


def _yes(value: bool | None) -> str:
    return "" if value is None else str(_("yes") if value else _("no"))


def _count(value: Sequence[Any]) -> str:
    return str(len(value)) if value else ""


def _stock(stock: Any) -> str:
    if not stock.tracked:
        return str(_("not counted"))
    places = [values.plainly(level.available) for level in stock.levels]
    total = values.plainly(stock.available)
    return f"{total} ({' + '.join(places)})" if len(places) > 1 else total


def _taxed(price: Any) -> str:
    if price.tax_included is None:
        return ""
    return str(_("with tax") if price.tax_included else _("without tax"))


def _sale(price: Any) -> str:
    return values.spoken(replace(price, money=price.sale.money)) if price.sale else ""


def _text_of(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html)).strip()


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    place = " ".join(filter(None, (address.postcode, address.city)))
    told = (address.company, address.line1, address.line2, place, address.country)
    return ", ".join(filter(None, told))


FIELDS = (
    Shown(_("Title"), Kind.PRODUCT, lambda p: p.title, same=True),
    Shown(_("SKU"), Kind.VARIANT, lambda v: v.sku, same=True),
    Shown(_("Status"), Kind.PRODUCT, _status, same=True),
    Shown(_("Stock"), Kind.STOCK, _stock, same=True),
    Shown(_("Price"), Kind.PRICE, values.spoken, same=True),
    Shown(_("Tax of the price"), Kind.PRICE, _taxed),
    Shown(_("Sale price"), Kind.PRICE, _sale),
    Shown(_("Name of the variant"), Kind.VARIANT, lambda v: v.title),
    Shown(
        _("Options"),
        Kind.VARIANT,
        lambda v: ", ".join(f"{name}: {value}" for name, value in v.options),
    ),
    Shown(_("Barcode"), Kind.VARIANT, lambda v: v.barcode),
    Shown(
        _("Weight in grams"), Kind.VARIANT, lambda v: values.plainly(v.weight_g or "")
    ),
    Shown(_("Sold when none is left"), Kind.STOCK, lambda s: _yes(s.backorder)),
    Shown(_("Variants"), Kind.PRODUCT, lambda p: _count(p.variants)),
    Shown(_("Reference"), Kind.PRODUCT, lambda p: p.reference),
    Shown(_("Brand"), Kind.PRODUCT, lambda p: p.brand),
    Shown(_("Pictures"), Kind.PRODUCT, lambda p: _count(p.images)),
    Shown(_("Categories"), Kind.PRODUCT, lambda p: _count(p.categories)),
    Shown(_("Tags"), Kind.PRODUCT, lambda p: ", ".join(p.tags)),
    Shown(_("Description"), Kind.PRODUCT, lambda p: _text_of(p.description_html)),
    Shown(
        pgettext_lazy("of a person", "Name"),
        Kind.CUSTOMER,
        lambda c: f"{c.first_name} {c.last_name}".strip(),
        same=True,
    ),
    Shown(_("Company"), Kind.CUSTOMER, lambda c: c.company, same=True),
    Shown(_("E-mail"), Kind.CUSTOMER, lambda c: c.email, same=True),
    Shown(_("Phone"), Kind.CUSTOMER, lambda c: c.phone),
    Shown(_("Account number"), Kind.CUSTOMER, lambda c: c.account_number),
    Shown(_("Tax number"), Kind.CUSTOMER, lambda c: c.tax_number),
    Shown(_("Currency"), Kind.CUSTOMER, lambda c: c.currency),
    Shown(_("Price list"), Kind.CUSTOMER, lambda c: c.price_list),
    Shown(
        _("Discount"),
        Kind.CUSTOMER,
        lambda c: (
            f"{values.plainly(c.discount_percent)} %" if c.discount_percent else ""
        ),
    ),
    Shown(_("Billing address"), Kind.CUSTOMER, lambda c: _address(c.billing)),
    Shown(_("Delivery address"), Kind.CUSTOMER, lambda c: _address(c.shipping)),
)
