"""Answers for customers: accounts with an e-mail address, never guests."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from connectors.woocommerce.sandbox.addresses import (
    EMAIL,
    blank_address,
    check_email,
    merged,
)
from connectors.woocommerce.sandbox.dates import twins
from connectors.woocommerce.sandbox.exchange import (
    Answer,
    Call,
    Record,
    Refusal,
    missing,
)
from connectors.woocommerce.sandbox.listing import chosen, numbers, ordered, page
from connectors.woocommerce.sandbox.schema import META, Rule, check
from connectors.woocommerce.sandbox.shop import Shop

RULES: Mapping[str, Rule] = {
    "email": "string",
    "first_name": "string",
    "last_name": "string",
    "username": "string",
    "password": "string",
    "billing": "object",
    "shipping": "object",
    "meta_data": META,
}
ORDERS = {
    "name": lambda row: row["username"].casefold(),
    "id": lambda row: row["id"],
    "include": lambda row: row["id"],
    "registered_date": lambda row: row["created"],
}


def list_customers(shop: Shop, call: Call) -> Answer:
    """Answer a page of customers; there is no filter by date of change."""
    rows = [row for row in shop.customers.values() if _fits(call, row)]
    query = {"order": "asc", **call.query}
    call = Call(method=call.method, path=call.path, query=query)
    rows = ordered(call, rows, ORDERS, "name")
    return page(
        call, rows, lambda row: customer_shown(shop, row), f"{shop.root}/customers"
    )


def get_customer(shop: Shop, call: Call) -> Answer:
    """Answer one customer."""
    return Answer(chosen(call, customer_shown(shop, _found(shop, call, 404))))


def create_customer(shop: Shop, call: Call) -> Answer:
    """Make a customer; the e-mail address is the only thing needed."""
    check(call.body, RULES)
    email = str(call.param("email") or "")
    if not email:
        raise missing("email")
    _check_new(shop, email)
    username = str(call.param("username") or email.partition("@")[0])
    if any(row["username"] == username for row in shop.customers.values()):
        if call.param("username"):
            code = "registration-error-username-exists"
            raise Refusal(code, "An account is already registered with that username.")
        username = f"{username}{shop.number('username')}"
    row = blank_customer(shop, shop.number("customer"))
    row |= {"email": email, "username": username}
    if not call.param("password"):
        note = {"key": "default_password_nag", "value": "1"}
        shop.merge_meta(row["meta_data"], [note])
    _change(shop, row, call.body)
    keep_customer(shop, row)
    shop.tell("customer.created", row["id"])
    return Answer(chosen(call, customer_shown(shop, row)), 201)


def update_customer(shop: Shop, call: Call) -> Answer:
    """Change the fields sent."""
    check(call.body, RULES)
    row = _found(shop, call, 400)
    email = call.body.get("email")
    if email and str(email).casefold() != row["email"].casefold():
        if not EMAIL.fullmatch(email) or email.casefold() in shop.emails:
            code = "woocommerce_rest_customer_invalid_email"
            raise Refusal(code, "Email address is invalid.")
        del shop.emails[row["email"].casefold()]
        row["email"] = email
    _change(shop, row, call.body)
    row["modified"] = shop.now()
    keep_customer(shop, row)
    shop.tell("customer.updated", row["id"])
    return Answer(chosen(call, customer_shown(shop, row)))


def delete_customer(shop: Shop, call: Call) -> Answer:
    """Remove a customer, which must be forced: there is no trash for them."""
    row = _found(shop, call, 404)
    if not call.flag("force"):
        reason = "Customers do not support trashing."
        raise Refusal("woocommerce_rest_trash_not_supported", reason, 501)
    before = customer_shown(shop, row)
    del shop.customers[row["id"]]
    del shop.emails[row["email"].casefold()]
    shop.tell("customer.deleted", row["id"])
    return Answer(chosen(call, before))


def blank_customer(shop: Shop, number: int) -> Record:
    """Give a customer as the shop makes one, without an e-mail address yet."""
    moment = shop.now()
    return {
        "id": number,
        "created": moment,
        "modified": moment,
        "email": "",
        "first_name": "",
        "last_name": "",
        "role": "customer",
        "username": "",
        "billing": blank_address("billing"),
        "shipping": blank_address("shipping"),
        "is_paying_customer": False,
        "meta_data": [],
    }


def keep_customer(shop: Shop, row: Record) -> None:
    """Keep a customer, new or changed."""
    shop.customers[row["id"]] = row
    shop.emails[row["email"].casefold()] = row["id"]


def customer_shown(shop: Shop, row: Record) -> Record:
    """Show a customer."""
    offset = shop.settings.offset
    digest = sha256(row["email"].strip().lower().encode()).hexdigest()
    names = ("email", "first_name", "last_name", "role", "username", "billing")
    return {
        "id": row["id"],
        **twins("date_created", row["created"], offset),
        **twins("date_modified", row["modified"], offset),
        **{name: row[name] for name in names},
        "shipping": row["shipping"],
        "is_paying_customer": row["is_paying_customer"],
        "avatar_url": f"https://secure.gravatar.com/avatar/{digest}?s=96&d=mm&r=g",
        "meta_data": row["meta_data"],
        "_links": shop.links(f"/customers/{row['id']}", "/customers"),
    }


def _change(shop: Shop, row: Record, sent: Mapping[str, Any]) -> None:
    check_email(sent.get("billing"))
    for field in ("first_name", "last_name"):
        if sent.get(field) is not None:
            row[field] = sent[field]
    for kind in ("billing", "shipping"):
        row[kind] = merged(row[kind], sent.get(kind))
    shop.merge_meta(row["meta_data"], sent.get("meta_data"))


def _check_new(shop: Shop, email: str) -> None:
    if not EMAIL.fullmatch(email):
        raise Refusal("customer_invalid_email", f"Invalid email address: {email}")
    if email.casefold() in shop.emails:
        raise Refusal(
            "registration-error-email-exists",
            f"An account is already registered with {email}. "
            "Please log in or use a different email address.",
        )


def _fits(call: Call, row: Record) -> bool:
    role, email = call.param("role", "customer"), call.param("email")
    include, exclude = numbers(call, "include"), numbers(call, "exclude")
    words = str(call.param("search", "")).casefold()
    text = f"{row['email']} {row['username']} {row['first_name']} {row['last_name']}"
    return (
        role in ("all", row["role"])
        and (not email or row["email"].casefold() == str(email).casefold())
        and (not include or row["id"] in include)
        and row["id"] not in exclude
        and words in text.casefold()
    )


def _found(shop: Shop, call: Call, status: int) -> Record:
    row = shop.customers.get(call.ids["id"])
    if row is None:
        raise Refusal("woocommerce_rest_invalid_id", "Invalid resource ID.", status)
    return row
