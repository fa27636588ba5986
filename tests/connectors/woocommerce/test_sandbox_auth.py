"""Who may ask: the shop's ways of authentication and the errors that go with them."""

import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from requests_oauthlib import OAuth1

from connectors.woocommerce.sandbox.auth import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    READ_KEY,
    READ_SECRET,
    signature,
)
from integration.sandbox.server import SandboxServer

BEHIND_TLS = {"X-Forwarded-Proto": "https"}
PAIR = (CONSUMER_KEY, CONSUMER_SECRET)


@pytest.fixture
def products(server: SandboxServer) -> str:
    return f"{server.url}/woocommerce/wp-json/wc/v3/products"


def oauth(url: str, secret: str = CONSUMER_SECRET, **changes: str) -> dict[str, str]:
    params = {
        "oauth_consumer_key": CONSUMER_KEY,
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": "n1",
        "oauth_signature_method": "HMAC-SHA256",
        **changes,
    }
    signed = signature("GET", url, params, f"{secret}&", "sha256")
    return {**params, "oauth_signature": signed}


def test_the_signature_is_the_one_of_the_standard() -> None:
    # The request for a photo in RFC 5849 section 1.2.
    params = {
        "file": "vacation.jpg",
        "size": "original",
        "oauth_consumer_key": "dpf43f3p2l4k3l03",
        "oauth_token": "nnch734d00sl2jdk",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131202",
        "oauth_nonce": "chapoH",
        "realm": "Photos",
    }
    url, key = "http://photos.example.net/photos", "kd94hf93k423kf44&pfkkdhi9sl3r4s00"
    assert signature("GET", url, params, key, "sha1") == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


def test_basic_over_https_is_let_in(products: str) -> None:
    answer = requests.get(products, auth=PAIR, headers=BEHIND_TLS, timeout=60)
    assert answer.status_code == 200


def test_a_secret_in_the_query_over_https_is_let_in(products: str) -> None:
    params = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
    answer = requests.get(products, params, headers=BEHIND_TLS, timeout=60)
    assert answer.status_code == 200


def test_basic_over_plain_http_looks_like_a_missing_right(products: str) -> None:
    answer = requests.get(products, auth=PAIR, timeout=60)
    assert answer.status_code == 401
    assert answer.json()["code"] == "woocommerce_rest_cannot_view"


def test_writing_without_a_key_names_the_right_that_lacks(products: str) -> None:
    assert requests.post(products, json={}, timeout=60).json()["code"] == (
        "woocommerce_rest_cannot_create"
    )
    gone = requests.delete(f"{products}/1", timeout=60)
    assert gone.json()["code"] == "woocommerce_rest_cannot_delete"


def test_a_shop_that_does_not_see_the_proxy_refuses_basic(
    server: SandboxServer, products: str
) -> None:
    control = f"{server.url}/_control/woocommerce/settings"
    requests.post(control, json={"trusted_proxy": False}, timeout=60)
    answer = requests.get(products, auth=PAIR, headers=BEHIND_TLS, timeout=60)
    assert answer.status_code == 401


def test_an_unknown_key_is_a_visitor_and_a_wrong_secret_is_told(products: str) -> None:
    unknown = requests.get(
        products, auth=("ck_x", "cs_x"), headers=BEHIND_TLS, timeout=60
    )
    assert unknown.json()["code"] == "woocommerce_rest_cannot_view"
    wrong = requests.get(
        products, auth=(CONSUMER_KEY, "cs_x"), headers=BEHIND_TLS, timeout=60
    )
    assert wrong.status_code == 401
    assert wrong.json()["code"] == "woocommerce_rest_authentication_error"
    assert wrong.json()["message"] == "Consumer secret is invalid."


def test_a_read_key_may_not_write(products: str) -> None:
    pair = (READ_KEY, READ_SECRET)
    read = requests.get(products, auth=pair, headers=BEHIND_TLS, timeout=60)
    assert read.status_code == 200
    write = requests.post(products, json={}, auth=pair, headers=BEHIND_TLS, timeout=60)
    assert write.status_code == 401
    assert write.json()["code"] == "woocommerce_rest_authentication_error"


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
@pytest.mark.parametrize("place", ["QUERY", "AUTH_HEADER"])
def test_oauth_is_let_in_over_plain_http(
    products: str, method: str, place: str
) -> None:
    auth = OAuth1(
        CONSUMER_KEY, CONSUMER_SECRET, signature_method=method, signature_type=place
    )
    params = {"search": "a b+c/é&=%", "per_page": "5"}
    answer = requests.get(products, params, auth=auth, timeout=60)
    assert answer.status_code == 200, answer.text


def test_a_nonce_is_good_once(products: str) -> None:
    params = oauth(products)
    assert requests.get(products, params, timeout=60).status_code == 200
    again = requests.get(products, params, timeout=60)
    assert again.status_code == 401
    assert "Invalid nonce" in again.json()["message"]


def test_a_timestamp_beyond_fifteen_minutes_is_refused(products: str) -> None:
    old = str(int(time.time()) - 16 * 60)
    answer = requests.get(products, oauth(products, oauth_timestamp=old), timeout=60)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Invalid timestamp."


def test_a_changed_parameter_breaks_the_signature(products: str) -> None:
    auth = OAuth1(CONSUMER_KEY, CONSUMER_SECRET, signature_type="QUERY")
    request = requests.Request("GET", products, params={"page": "1"}, auth=auth)
    url = request.prepare().url or ""
    query = dict(parse_qsl(urlsplit(url).query)) | {"page": "2"}
    answer = requests.get(f"{products}?{urlencode(query)}", timeout=60)
    assert answer.status_code == 401
    assert "signature" in answer.json()["message"]


def test_a_signature_under_another_secret_is_refused(products: str) -> None:
    answer = requests.get(products, oauth(products, "cs_other"), timeout=60)
    assert answer.json()["code"] == "woocommerce_rest_authentication_error"


def test_the_route_index_needs_no_key(server: SandboxServer) -> None:
    answer = requests.get(f"{server.url}/woocommerce/wp-json/wc/v3", timeout=60)
    assert answer.status_code == 200
    assert "/wc/v3/products" in answer.json()["routes"]


@pytest.mark.parametrize("path", ["wc/v4/products", "wc/v3/nothing", "wc/v3/coupons"])
def test_any_other_path_is_no_route(server: SandboxServer, path: str) -> None:
    answer = requests.get(f"{server.url}/woocommerce/wp-json/{path}", timeout=60)
    assert answer.status_code == 404
    assert answer.json()["code"] == "rest_no_route"
    assert answer.json()["data"] == {"status": 404}
