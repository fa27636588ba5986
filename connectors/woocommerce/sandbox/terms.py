"""Holds categories and tags, and answers for them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.woocommerce.sandbox.exchange import (
    Answer,
    Call,
    Record,
    Refusal,
    missing,
)
from connectors.woocommerce.sandbox.listing import chosen, numbers, ordered, page
from connectors.woocommerce.sandbox.markup import term_name
from connectors.woocommerce.sandbox.schema import Rule, check
from connectors.woocommerce.sandbox.slugs import free_slug, slug_of

if TYPE_CHECKING:
    from connectors.woocommerce.sandbox.shop import Shop

DEFAULT_CATEGORY = 15
RULES: Mapping[str, Rule] = {
    "name": "string",
    "slug": "string",
    "parent": "integer",
    "description": "string",
    "display": ("default", "products", "subcategories", "both"),
    "image": "object",
    "menu_order": "integer",
}
ORDERS = {
    "name": lambda row: row["name"].casefold(),
    "id": lambda row: row["id"],
    "slug": lambda row: row["slug"],
    "include": lambda row: row["id"],
    "term_group": lambda row: 0,
    "description": lambda row: row["description"],
    "count": lambda row: row["id"],
}


class Terms:
    """Categories and tags under one numbering; a name is held once among siblings."""

    def __init__(self) -> None:
        self.rows: dict[int, Record] = {}
        self._names: dict[tuple[str, str, int], int] = {}
        self._slugs: dict[tuple[str, str], int] = {}
        self._last = DEFAULT_CATEGORY - 1
        self.add("categories", {"name": "Uncategorized"})

    def add(self, kind: str, sent: Mapping[str, Any]) -> Record:
        """Make a term of kind `categories` or `tags`; a given id is kept.

        Raises `Refusal` 400 `term_exists` for a name or slug a sibling has.
        """
        name, parent = term_name(str(sent["name"])), int(sent.get("parent") or 0)
        wanted = slug_of(str(sent.get("slug") or name))
        holder = self._names.get((kind, name.casefold(), parent))
        if holder is None and sent.get("slug"):
            holder = self._slugs.get((kind, wanted))
        if holder is not None:
            raise _exists(kind, holder)
        self._last = number = int(sent.get("id") or self._last + 1)
        taken = {slug for held, slug in self._slugs if held == kind}
        row = {
            "id": number,
            "kind": kind,
            "name": name,
            "slug": free_slug(wanted or str(number), taken),
            "parent": parent,
            "description": str(sent.get("description") or ""),
            "display": str(sent.get("display") or "default"),
            "menu_order": int(sent.get("menu_order") or 0),
        }
        self._keep(row)
        return row

    def change(self, row: Record, sent: Mapping[str, Any]) -> None:
        """Change a term in place."""
        self._forget(row)
        for field in ("description", "display", "menu_order", "parent"):
            if sent.get(field) is not None:
                row[field] = sent[field]
        if sent.get("name"):
            row["name"] = term_name(str(sent["name"]))
        if sent.get("slug"):
            row["slug"] = slug_of(str(sent["slug"]))
        self._keep(row)

    def drop(self, row: Record) -> None:
        """Remove a term."""
        self._forget(row)

    def find(self, kind: str, number: int) -> Record | None:
        """Give a term of a kind by its id."""
        row = self.rows.get(number)
        return row if row is not None and row["kind"] == kind else None

    def tag_named(self, name: str) -> Record:
        """Give the tag of a name, made when there is none."""
        held = self._names.get(("tags", term_name(name).casefold(), 0))
        return self.rows[held] if held else self.add("tags", {"name": name})

    def below(self, number: int) -> list[int]:
        """Give a category and all its descendants."""
        found = [number]
        for row in self.rows.values():
            if row["parent"] == number and row["id"] != number:
                found += self.below(row["id"])
        return found

    def brief(self, number: int) -> Record:
        """Show a term as a product shows it."""
        row = self.rows[number]
        return {"id": number, "name": row["name"], "slug": row["slug"]}

    def _keep(self, row: Record) -> None:
        self.rows[row["id"]] = row
        self._names[(row["kind"], row["name"].casefold(), row["parent"])] = row["id"]
        self._slugs[(row["kind"], row["slug"])] = row["id"]

    def _forget(self, row: Record) -> None:
        del self.rows[row["id"]]
        del self._names[(row["kind"], row["name"].casefold(), row["parent"])]
        del self._slugs[(row["kind"], row["slug"])]


def list_terms(shop: "Shop", call: Call) -> Answer:
    """Answer a list of categories or tags, by name unless said otherwise."""
    rows = [row for row in shop.terms.rows.values() if row["kind"] == call.ids["kind"]]
    rows = [row for row in rows if _fits(shop, call, row)]
    query = {"order": "asc", **call.query}
    call = Call(method=call.method, path=call.path, query=query, ids=call.ids)
    rows = ordered(call, rows, ORDERS, "name")
    return page(call, rows, lambda row: shown(shop, row), shop.root + call.path)


def get_term(shop: "Shop", call: Call) -> Answer:
    """Answer one category or tag."""
    return Answer(chosen(call, shown(shop, _found(shop, call))))


def create_term(shop: "Shop", call: Call) -> Answer:
    """Make a category or tag."""
    check(call.body, RULES)
    if not call.param("name"):
        raise missing("name")
    sent = {name: value for name, value in call.body.items() if name != "id"}
    row = shop.terms.add(call.ids["kind"], sent)
    return Answer(chosen(call, shown(shop, row)), 201)


def change_term(shop: "Shop", call: Call) -> Answer:
    """Change a category or tag."""
    check(call.body, RULES)
    row = _found(shop, call)
    shop.terms.change(row, call.body)
    return Answer(chosen(call, shown(shop, row)))


def delete_term(shop: "Shop", call: Call) -> Answer:
    """Remove a category or tag; its products fall to the default category."""
    row = _found(shop, call)
    if not call.flag("force"):
        raise Refusal(
            "woocommerce_rest_trash_not_supported",
            "Resource does not support trashing.",
            501,
        )
    if row["id"] == DEFAULT_CATEGORY:
        reason = "Default product category cannot be deleted."
        raise Refusal("woocommerce_rest_cannot_delete", reason, 500)
    before = shown(shop, row)
    for product in shop.catalogue.with_term(row["id"]):
        for field in ("categories", "tags"):
            product[field] = [term for term in product[field] if term != row["id"]]
        product["categories"] = product["categories"] or [DEFAULT_CATEGORY]
        shop.catalogue.put(product)
    shop.terms.drop(row)
    return Answer(chosen(call, before))


def shown(shop: "Shop", row: Record) -> Record:
    """Show a term with the number of published products under it."""
    below = shop.terms.below(row["id"])
    live = {
        product["id"]
        for number in below
        for product in shop.catalogue.with_term(number)
        if product["status"] == "publish"
    }
    path = f"/products/{row['kind']}"
    view = {"id": row["id"], "name": row["name"], "slug": row["slug"]}
    if row["kind"] == "tags":
        view |= {"description": row["description"], "count": len(live)}
        return {**view, "_links": shop.links(f"{path}/{row['id']}", path)}
    up = [{"href": f"{shop.root}{path}/{row['parent']}"}]
    view |= {
        "parent": row["parent"],
        "description": row["description"],
        "display": row["display"],
        "image": None,
        "menu_order": row["menu_order"],
        "count": len(live),
    }
    more = {"up": up} if row["parent"] else {}
    return {**view, "_links": shop.links(f"{path}/{row['id']}", path, more)}


def _fits(shop: "Shop", call: Call, row: Record) -> bool:
    include, slug = numbers(call, "include"), call.param("slug")
    if include and row["id"] not in include:
        return False
    if slug and row["slug"] not in str(slug).split(","):
        return False
    if call.param("parent") is not None and str(row["parent"]) != call.param("parent"):
        return False
    if call.flag("hide_empty") and not shop.catalogue.with_term(row["id"]):
        return False
    return str(call.param("search", "")).casefold() in row["name"].casefold()


def _found(shop: "Shop", call: Call) -> Record:
    row = shop.terms.find(call.ids["kind"], call.ids["id"])
    if row is None:
        reason = "Resource does not exist."
        raise Refusal("woocommerce_rest_term_invalid", reason, 404)
    return row


def _exists(kind: str, holder: int) -> Refusal:
    reason = "A term with the name provided already exists with this parent."
    if kind == "tags":
        reason = "A term with the name provided already exists in this taxonomy."
    return Refusal("term_exists", reason, data={"resource_id": holder})
