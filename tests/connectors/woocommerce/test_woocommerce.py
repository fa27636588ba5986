"""The connection itself: address, signature, test, and the shop's refusals."""

import re
from typing import Any

import pytest
import responses

from connectors.woocommerce import CONNECTOR
from connectors.woocommerce.client import Client
from connectors.woocommerce.reader import Reader
from connectors.woocommerce.sandbox.auth import CONSUMER_KEY, READ_KEY, READ_SECRET
from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    SyncFailure,
    Transient,
)
from integration.http.auth import NoAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import (
    FACTS,
    Shop,
    moment,
    product_row,
)

KEYS = {"consumer_key": "ck_" + "1" * 40, "consumer_secret": "cs_" + "2" * 40}
API = "https://shop.example.com/wp-json/wc/v3"


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


@pytest.mark.parametrize(
    ("typed", "root", "account"),
    [
        ("https://Shop.example.com", "https://Shop.example.com", "shop.example.com"),
        ("shop.example.com/", "https://shop.example.com", "shop.example.com"),
        (
            " https://example.com/store/ ",
            "https://example.com/store",
            "example.com/store",
        ),
        (
            "https://example.com/store/wp-admin/index.php?page=wc",
            "https://example.com/store",
            "example.com/store",
        ),
        (
            "https://example.com/wp-json/wc/v3/",
            "https://example.com",
            "example.com",
        ),
        ("http://127.0.0.1:8100/x", "http://127.0.0.1:8100/x", "127.0.0.1:8100/x"),
    ],
)
def test_the_address_is_taken_as_merchants_type_it(
    typed: str, root: str, account: str
) -> None:
    assert CONNECTOR.base_url({"url": typed}) == f"{root}/wp-json/wc/v3"
    assert CONNECTOR.account({"url": typed}) == account


@pytest.mark.parametrize("typed", ["", "ftp://shop.example.com", "https://", "  "])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadConfig) as caught:
        CONNECTOR.base_url({"url": typed})
    assert caught.value.field == "url"


def signed(settings: dict[str, Any]) -> Any:
    """The first call of a connection with these settings, as it went out."""
    responses.add(responses.GET, re.compile("https?://shop.*"), json={})
    door = Http(
        base_url=CONNECTOR.base_url(settings),
        auth=CONNECTOR.auth(settings, KEYS),
        meter=FreeMeter(),
        rules=HttpRules(allow_http=True),
    )
    CONNECTOR.client(settings, door).get("products", per_page=1)
    return responses.calls[0].request


@responses.activate
def test_over_https_the_key_goes_in_the_header() -> None:
    request = signed({"url": "https://shop.example.com"})
    assert request.headers["Authorization"].startswith("Basic ")
    assert request.url == f"{API}/products?per_page=1"


@responses.activate
def test_for_hosts_that_drop_the_header_the_key_goes_in_the_query() -> None:
    request = signed({"url": "https://shop.example.com", "auth_in_query": True})
    assert "Authorization" not in request.headers
    assert f"consumer_key={KEYS['consumer_key']}" in request.url
    assert f"consumer_secret={KEYS['consumer_secret']}" in request.url
    assert "per_page=1" in request.url


@responses.activate
def test_with_plain_permalinks_the_route_goes_in_the_query() -> None:
    request = signed({"url": "https://shop.example.com/store", "rest_route": True})
    assert request.url == (
        "https://shop.example.com/store/?rest_route=/wc/v3/products&per_page=1"
    )


def test_a_merchants_own_limit_of_calls_is_kept() -> None:
    assert CONNECTOR.limits({}) == ()
    [limit] = CONNECTOR.limits({"calls_per_minute": 90})
    assert (limit.calls, limit.seconds) == (90, 60)


def test_the_test_of_a_good_connection_tells_the_facts(shop: Shop) -> None:
    shop.control("seed", products=[product_row(1, moment())])
    shop.control("settings", currency="SEK", prices_include_tax="yes")
    found = list(CONNECTOR.probe(shop.client()))
    assert [(one.stage, one.ok) for one in found] == [
        ("address", True),
        ("key", True),
        ("write", True),
        ("settings", True),
    ]
    facts = found[-1].facts
    assert (facts["currency"], facts["prices_include_tax"]) == ("SEK", "yes")
    assert set(facts) == {*FACTS, "default_country", "utc_offset_minutes"}
    assert len(shop.ledger("products")) == 1


def test_a_key_that_may_only_read_fails_at_writing(shop: Shop) -> None:
    keys = {"consumer_key": READ_KEY, "consumer_secret": READ_SECRET}
    found = list(CONNECTOR.probe(shop.client(keys)))
    assert [(one.stage, one.ok) for one in found[-2:]] == [
        ("key", True),
        ("write", False),
    ]
    assert "write permission" in found[-1].hint


def test_a_wrong_secret_fails_at_the_key_and_says_which(shop: Shop) -> None:
    keys = {"consumer_key": CONSUMER_KEY, "consumer_secret": "cs_wrong"}
    with pytest.raises(BadCredentials):
        shop.client(keys).get("products")
    found = list(CONNECTOR.probe(shop.client(keys)))
    assert [(one.stage, one.ok) for one in found] == [
        ("address", True),
        ("key", False),
    ]


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "failure", "code"),
    [
        (401, '{"code":"woocommerce_rest_cannot_view"}', BadCredentials, ""),
        (401, "<html>Restricted</html>", BadCredentials, ""),
        (403, '{"code":"rest_forbidden","message":"x"}', BadCredentials, "no_rights"),
        (403, "<html>blocked</html>", Transient, ""),
        (404, '{"code":"rest_no_route","message":"x"}', BadConfig, "no_route"),
        (404, "<html>Not Found</html>", BadConfig, "no_shop"),
        (
            404,
            '{"code":"woocommerce_rest_product_invalid_id"}',
            BadRecord,
            "gone_on_target",
        ),
        (302, "", BadConfig, "no_shop"),
        (
            400,
            '{"code":"rest_invalid_param","data":{"params":{"x":"y"}}}',
            BadRecord,
            "",
        ),
        (500, '{"code":"woocommerce_rest_x","data":500}', BadRecord, ""),
        (500, '{"code":"internal_server_error"}', Transient, ""),
        (500, "<html>oops</html>", Transient, ""),
        (508, "", Transient, ""),
        (200, "<html>hello</html>", Transient, ""),
        (200, "\ufeff[]", Transient, ""),
        (200, "<br /><b>Notice</b>: x\n[]", Transient, ""),
        (200, '{"not": "a list"}', Transient, ""),
        (200, "[7]", Transient, ""),
    ],
)
def test_each_refusal_says_who_acts_next(
    status: int, body: str, failure: type[SyncFailure], code: str
) -> None:
    responses.add(responses.GET, f"{API}/products", body=body, status=status)
    door = Http(base_url=API, auth=NoAuth(), meter=FreeMeter())
    with pytest.raises(failure) as caught:
        list(Reader(Client({}, door)).fetch("products", ["1"]))
    assert type(caught.value) is failure
    assert code in caught.value.code


@responses.activate
def test_a_refusal_is_told_without_markup_and_names_the_field() -> None:
    body = {
        "code": "rest_invalid_param",
        "message": "<strong>Error:</strong> no &amp; never",
        "data": {"status": 400, "params": {"sku": "bad"}},
    }
    responses.add(responses.GET, f"{API}/products", json=body, status=400)
    door = Http(base_url=API, auth=NoAuth(), meter=FreeMeter())
    with pytest.raises(BadRecord) as caught:
        Client({}, door).get("products")
    assert caught.value.message == "Error: no & never"
    assert caught.value.field == "sku"
