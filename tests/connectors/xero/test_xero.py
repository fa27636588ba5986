"""What Xero is declared to be: its settings, its sign-in, its connection test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from requests import PreparedRequest

from connectors.xero import CONNECTOR, mapping, words
from connectors.xero.fields import BOOKING
from connectors.xero.oauth import organisations
from integration.canonical.kinds import Kind
from integration.contract.mapping import Context
from integration.contract.messages import Raw
from integration.errors import BadConfig, BadCredentials
from integration.http.auth import Auth
from integration.http.body import parse
from integration.http.client import Http
from integration.http.limits import FreeMeter
from tests.connectors.xero.books import Books, line, payment, refund, sale
from tests.connectors.xero.subject import FACTS, TENANT, tables
from tests.contract.world import RULES


class Token(Auth):
    """A token that somebody else looks after."""

    def __init__(self, value: str) -> None:
        self._value = value

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._value}"
        return request


def test_every_choice_says_what_each_of_its_words_does() -> None:
    for field in CONNECTOR.fields:
        for word in field.choices:
            assert f"{word}:" in field.help, field.name
        if field.type == "bool":
            assert "On:" in field.help, field.name
            assert "Off:" in field.help, field.name


def test_what_a_route_may_set_are_settings_of_the_connection_too() -> None:
    assert set(BOOKING) <= set(CONNECTOR.fields)
    for kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        writes = CONNECTOR.writes[kind]
        assert writes.guest == "guest_contact"
        uses = set(writes.map.uses)
        options = {field.name for field in writes.options}
        assert options <= uses


def test_a_consent_opens_organisations_by_their_tenant_ids(books: Books) -> None:
    tokens = books.do("sign_in")
    door = Http(
        base_url=books.root,
        auth=Token(tokens["access_token"]),
        meter=FreeMeter(),
        rules=RULES,
    )
    opened = organisations(door)
    assert (TENANT, "Kiln & Quill Limited") in {tuple(each) for each in opened}
    settings = books.settings(sign_in="oauth", organisation=TENANT)
    client = CONNECTOR.client(settings, door)
    assert [one.stage for one in CONNECTOR.probe(client) if not one.ok] == []
    assert CONNECTOR.account(settings) == TENANT
    other = CONNECTOR.client({**settings, "organisation": "elsewhere"}, door)
    failed = [one for one in CONNECTOR.probe(other) if not one.ok]
    assert [one.stage for one in failed] == ["organisation"]
    assert "anew" in failed[0].hint


def test_the_scopes_are_those_the_connector_needs_and_new_apps_may_ask_for(
    books: Books,
) -> None:
    oauth = CONNECTOR.oauth
    assert oauth is not None
    tokens = books.do("sign_in", scopes=list(oauth.scopes))
    door = Http(
        base_url=books.root,
        auth=Token(tokens["access_token"]),
        meter=FreeMeter(),
        rules=RULES,
    )
    client = CONNECTOR.client(books.settings(organisation=TENANT), door)
    writer = books.writer(client)
    invoice = books.outgoing_of(sale())
    [made] = writer.write(Kind.INVOICE, [invoice])
    books.ids[("order", "1001")] = str(made.external_id)
    for record in (payment("15.00"), refund(line("20.00", "3.00"))):
        [outcome] = writer.write(record.kind, [books.outgoing_of(record)])
        assert outcome.error is None
    for stream in CONNECTOR.streams:
        assert list(books.reader(client).read(stream.key, None, None))


def test_a_custom_connection_needs_both_halves_of_its_key(books: Books) -> None:
    with pytest.raises(BadConfig) as missing:
        books.client(client_id="")
    assert missing.value.field == "client_id"
    wrong = books.client({"client_secret": "wrong"})
    found = list(CONNECTOR.probe(wrong))
    assert [(one.stage, one.ok) for one in found] == [
        ("address", True),
        ("sign-in", False),
    ]
    with pytest.raises(BadCredentials) as refused:
        wrong.get("Organisation")
    assert refused.value.field == "client_secret"


def test_the_connection_test_tells_the_facts_that_maps_need(books: Books) -> None:
    books.do("set_lock_date", period="2026-03-31")
    told = {one.stage: one for one in CONNECTOR.probe(books.client())}
    assert list(told) == ["address", "sign-in", "organisation", "rights", "lists"]
    facts = told["organisation"].facts
    assert facts["period_lock_date"] == "2026-03-31"
    assert (facts["currency"], facts["time_zone"]) == ("NZD", "Pacific/Auckland")
    assert "closed up to 2026-03-31" in told["organisation"].message
    assert "15 accounts and 5 tax rates" in told["lists"].message
    rows = books.reader().read("organisation", None, None)
    assert {raw.external_id for page in rows for raw in page.items} == set(facts)


def test_a_choice_shows_only_accounts_and_rates_that_fit() -> None:
    entries = list(tables()["accounts"].by_id.values())
    sales = [each.code for each in entries if words.SALES.fits(each)]
    paid = [each.code for each in entries if words.METHODS.fits(each)]
    assert (sales, paid) == (["200", "260"], ["090", "611"])
    rate = {"TaxType": "INPUT2", "Name": "Purchases", "CanApplyToRevenue": False}
    assert not words.TAXES.fits(mapping.TAX_RATE(rate, Context()))


def test_a_sale_names_the_words_its_merchant_has_to_pair() -> None:
    sold = sale(line("5.00", "1.00", tax_code="books"), line("1.00"), line("2", "1"))
    assert [word for word, _ in words.TAXES.words(sold)] == [
        "books",
        "untaxed",
        "standard",
    ]
    assert {word for word, _ in words.SALES.words(sold)} == {"goods"}
    assert list(words.METHODS.words(payment("1"))) == [("card", "card")]
    assert [word for word, _ in words.METHODS.words(payment("1", method=""))] == [
        "unnamed"
    ]


def test_a_payment_method_without_a_pair_goes_to_the_account_that_is_set() -> None:
    told = Context(
        settings={"payment_account": "090"}, facts=FACTS, lookups=tables(), pairs={}
    )
    found = words.payment_account("cash", told)
    assert tables()["accounts"].by_id[found["AccountID"]].code == "090"


def test_categories_and_their_options_are_one_list(books: Books) -> None:
    [page] = books.reader().read("tracking_categories", None, None)
    rows = [mapping.TRACKING.records(_json(raw), Context()) for raw in page.items]
    [channel] = [each for row in rows for each in row if each.name == "Channel"]
    options = [
        each for row in rows for each in row if each.parent == channel.external_id
    ]
    assert "Web shop" in {each.name for each in options}


def test_every_lookup_of_the_organisation_can_be_mapped(books: Books) -> None:
    for stream in CONNECTOR.streams:
        for page in books.reader().read(stream.key, None, None):
            for raw in page.items:
                context = Context(facts=FACTS)
                for fieldmap in stream.maps:
                    assert (
                        fieldmap.records(_json(raw), context) or stream.key == "items"
                    )


def _json(raw: Raw) -> Any:
    return parse(raw.body or b"")


def test_amounts_are_read_without_their_tax_whichever_way_they_stand() -> None:
    row = {"LineAmount": Decimal("11.50"), "TaxAmount": Decimal("1.50")}
    for inclusive, net in ((True, "10.00"), (False, "11.50")):
        assert mapping.LINE({**row, "inclusive": inclusive}, Context()).net == Decimal(
            net
        )
