"""By which keys customers of two platforms are one: all, or those a route names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.values import Ref
from integration.engine import resolve, routes
from integration.engine.identity import match, name_of
from integration.errors import BadConfig
from integration.models import Connection, MatchKey, Record, Route, Tenant
from tests.engine.test_routes import account

# Two systems number their customers alike, and mean others.
ANN = {"email": "ann@example.com", "account_number": "1001"}


class Place:
    """An ERP that knows Ann and Bo, and the books that may be sent them."""

    def __init__(self) -> None:
        self.tenant = Tenant.objects.create(slug="acme", name="Acme")
        self.office = account(self.tenant, "galaxy", "office")
        self.books = account(self.tenant, "xero", "books")
        self.ann = self.known(self.books, "Ann", email="ann@example.com")
        self.bo = self.known(self.books, "Bo", account_number="1001")

    def known(self, connection: Connection, label: str, **keys: str) -> Record:
        record = Record.everywhere.create(
            tenant=self.tenant, kind="customer", label=label, revision=1
        )
        for name, value in keys.items():
            MatchKey.everywhere.create(
                tenant=self.tenant,
                connection=connection,
                record=record,
                kind="customer",
                name=name,
                value=value,
            )
        return record

    def route(self, *keys: str) -> Route:
        return routes.add(
            self.tenant, "customer", self.office, self.books, match=list(keys)
        )

    def taken_for(self, **keys: str) -> Sequence[Record]:
        """Whom a customer of the ERP is taken for as it is read."""
        new = Customer(external_id="7", **keys)
        return list(match(self.office, {name_of(new): new}).values())


@pytest.fixture
def place(db: None) -> Place:
    return Place()


@pytest.mark.parametrize(
    ("named", "keys", "taken"),
    [
        ((), {"email": "ann@example.com"}, {"Ann"}),
        ((), {"account_number": "1001"}, {"Bo"}),
        (("email",), ANN, {"Ann"}),
        (("email",), {"account_number": "1001"}, set()),
        (("account_number",), ANN, {"Bo"}),
        (("account_number",), {"email": "ann@example.com"}, set()),
        (("email", "account_number"), {"account_number": "1001"}, {"Bo"}),
    ],
)
def test_a_customer_is_taken_for_one_by_the_keys_named(
    place: Place, named: tuple[str, ...], keys: dict[str, str], taken: set[str]
) -> None:
    place.route(*named)
    assert {record.label for record in place.taken_for(**keys)} == taken
    pointer = Ref(kind=Kind.CUSTOMER, external_id="", keys=keys)
    found = resolve.records_of(place.office, {("customer", "x"): pointer}).values()
    assert {Record.everywhere.get(pk=key).label for key in found} == taken


def test_it_holds_between_these_two_alone_and_before_the_route_is_switched_on(
    place: Place,
) -> None:
    route = place.route("email")
    Route.everywhere.filter(pk=route.pk).update(enabled=False)
    assert place.taken_for(account_number="1001") == []
    other = account(place.tenant, "galaxy", "other office")
    new = Customer(external_id="7", account_number="1001")
    assert list(match(other, {name_of(new): new}).values()) == [place.bo]


def test_two_routes_between_the_same_two_go_by_what_both_name(place: Place) -> None:
    place.route("email", "account_number")
    back = Route(
        tenant=place.tenant,
        kind="customer",
        source=place.books,
        target=place.office,
        match=["email"],
        policy="link_only",
    )
    back.save()
    assert place.taken_for(account_number="1001") == []
    assert place.taken_for(email="ann@example.com") == [place.ann]


def test_keys_a_kind_does_not_have_are_refused(place: Place) -> None:
    with pytest.raises(BadConfig, match="no key “sku”; it has: email, account_number"):
        place.route("sku")
