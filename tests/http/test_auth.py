"""Proof: signed anew each time, renewed in time, shared by threads, once on a 401."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import responses
import time_machine

from integration.errors import BadCredentials, Transient
from integration.http.auth import (
    Auth,
    BasicAuth,
    NoAuth,
    OAuth1Query,
    TokenAuth,
    jwt_expiry,
)
from integration.http.client import Http
from integration.http.limits import FreeMeter

API = "https://api.test"


def door(auth: Auth, meter: Any = None) -> Http:
    return Http(base_url=API, auth=auth, meter=meter or FreeMeter())


def jwt(**claims: Any) -> str:
    def part(value: Any) -> str:
        encoded = base64.urlsafe_b64encode(json.dumps(value).encode())
        return encoded.decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.signature"


class Tokens:
    """Hands out numbered tokens and keeps the doors it was asked through."""

    def __init__(self, lives: float | None = 600) -> None:
        self.lives = lives
        self.doors: list[Http] = []

    def __call__(self, http: Http) -> tuple[str, float | None]:
        self.doors.append(http)
        end = None if self.lives is None else time.time() + self.lives
        return f"token-{len(self.doors)}", end


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(1_800_000_000, tick=False) as moment:
        yield moment


def sent(number: int = -1) -> str:
    return str(responses.calls[number].request.headers.get("Authorization"))


@responses.activate
def test_basic_is_user_and_password_in_base64() -> None:
    responses.get(f"{API}/x")
    door(BasicAuth("ck_usér", "cs:pass")).get("x")
    encoded = base64.b64encode("ck_usér:cs:pass".encode()).decode()
    assert sent() == f"Basic {encoded}"


def oauth_is_right(url: str, method: str, secret: str) -> bool:
    """The signature as RFC 5849 3.4 and the shop compute it."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    signature = dict(pairs)["oauth_signature"]
    encoded = sorted(
        (quote(name, safe="~"), quote(value, safe="~"))
        for name, value in pairs
        if name != "oauth_signature"
    )
    query = "&".join(f"{name}={value}" for name, value in encoded)
    base = "&".join(
        quote(part, safe="~")
        for part in (method, f"{parts.scheme}://{parts.netloc}{parts.path}", query)
    )
    digest = hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), signature)


def test_an_oauth_query_is_signed_as_the_shop_computes_it(listener: Any) -> None:
    http = listener.http(OAuth1Query("ck_key", "cs_secret"))
    params = {"search": "Ωμέγα & Söner +1", "include": [3, 1], "_fields": "id,sku"}
    http.get("wp-json/wc/v3/products", params=params)
    http.post("wp-json/wc/v3/orders", json={"total": "12.90"})
    http.get("?rest_route=/wc/v3/products", params={"page": 2})
    for seen in listener.seen:
        assert oauth_is_right(listener.url + seen.path, seen.method, "cs_secret")
        assert not oauth_is_right(listener.url + seen.path, seen.method, "cs_other")
        assert "cs_secret" not in seen.path
        assert "HMAC-SHA256" in seen.path
    assert listener.seen[1].body == b'{"total":"12.90"}'


def test_every_attempt_has_a_nonce_of_its_own(listener: Any, say: Any) -> None:
    listener.answers = [say(503, Retry_After="0"), say()]
    listener.http(OAuth1Query("ck_key", "cs_secret")).get("products")
    nonces = [
        dict(parse_qsl(urlsplit(seen.path).query))["oauth_nonce"]
        for seen in listener.seen
    ]
    assert len(set(nonces)) == 2


@responses.activate
def test_a_token_is_fetched_once_through_an_unsigned_door() -> None:
    responses.get(f"{API}/x")
    tokens = Tokens()
    http = door(TokenAuth(tokens))
    http.get("x")
    http.get("x")
    assert sent() == "Bearer token-1"
    assert len(tokens.doors) == 1
    assert isinstance(tokens.doors[0].auth, NoAuth)
    assert tokens.doors[0].meter is http.meter


@responses.activate
@pytest.mark.parametrize(
    ("lives", "kept_for"), [(600, 540), (None, 600), (60, 30), (-5, 600)]
)
def test_a_token_is_renewed_before_its_end(
    clock: time_machine.Coordinates, lives: float | None, kept_for: int
) -> None:
    responses.get(f"{API}/x")
    http = door(TokenAuth(Tokens(lives)))
    http.get("x")
    clock.shift(kept_for - 1)
    http.get("x")
    assert sent() == "Bearer token-1"
    clock.shift(2)
    http.get("x")
    assert sent() == "Bearer token-2"


@responses.activate
def test_the_tokens_own_end_counts_where_none_is_told(
    clock: time_machine.Coordinates,
) -> None:
    responses.get(f"{API}/x")
    fetched: list[str] = []

    def fetch(http: Http) -> tuple[str, None]:
        fetched.append(jwt(exp=time.time() + 300, n=len(fetched)))
        return fetched[-1], None

    http = door(TokenAuth(fetch))
    http.get("x")
    clock.shift(239)
    http.get("x")
    assert len(fetched) == 1
    clock.shift(2)
    http.get("x")
    assert len(fetched) == 2


@responses.activate
def test_a_401_drops_the_token_renews_once_and_repeats_once() -> None:
    responses.post(f"{API}/orders", status=401)
    responses.post(f"{API}/orders", status=201)
    assert door(TokenAuth(Tokens())).post("orders", json={}).status == 201
    assert [sent(0), sent(1)] == ["Bearer token-1", "Bearer token-2"]


@responses.activate
def test_a_second_401_is_given_back_without_a_loop() -> None:
    responses.get(f"{API}/x", status=401)
    tokens = Tokens()
    assert door(TokenAuth(tokens)).get("x").status == 401
    assert len(responses.calls) == 2
    assert len(tokens.doors) == 2


@responses.activate
def test_a_401_without_tokens_is_simply_given_back() -> None:
    responses.get(f"{API}/x", status=401)
    assert door(BasicAuth("user", "password")).get("x").status == 401
    assert len(responses.calls) == 1


@responses.activate
def test_refused_credentials_stop_the_call() -> None:
    responses.post(f"{API}/token", status=401)

    def fetch(http: Http) -> tuple[str, float | None]:
        if http.post("token", form={"key": "k"}, repeatable=True).status == 401:
            raise BadCredentials("secret", "The key is not accepted.")
        return "never", None

    with pytest.raises(BadCredentials):
        door(TokenAuth(fetch)).get("x")


@responses.activate
def test_equal_credentials_share_a_token_and_others_never() -> None:
    responses.get(f"{API}/x")
    tokens = Tokens()
    for credentials in (("org", "k", "s"), ("org", "k", "s"), ("org", "k", "other")):
        door(TokenAuth(tokens, *credentials)).get("x")
    assert [sent(number) for number in range(3)] == [
        "Bearer token-1",
        "Bearer token-1",
        "Bearer token-2",
    ]


def test_many_threads_fetch_one_token_and_renew_a_refused_one_once(
    listener: Any, say: Any
) -> None:
    tokens = Tokens()
    auth = TokenAuth(tokens)

    def only_the_second(handler: Any) -> None:
        good = handler.headers["Authorization"] == "Bearer token-2"
        say(200 if good else 401)(handler)

    listener.answers = [only_the_second]
    statuses: list[int] = []
    start = threading.Barrier(6)

    def call() -> None:
        start.wait()
        statuses.append(listener.http(auth).get("x").status)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    assert len(tokens.doors) == 2


def test_a_token_that_would_break_the_header_is_refused_unshown() -> None:
    def fetch(http: Http) -> tuple[str, None]:
        return "to\r\nken-secret", None

    with pytest.raises(Transient) as refused:
        door(TokenAuth(fetch)).get("x")
    assert "ken-secret" not in str(refused.value)


def test_the_end_of_a_token_is_read_without_a_key() -> None:
    assert jwt_expiry(jwt(exp=1_800_000_000)) == 1_800_000_000
    for other in (
        jwt(sub="x"),
        jwt(exp=None),
        jwt(exp="soon"),
        "opaque",
        "a.b.c",
        "a.é.c",
        "",
        "a.W10.c",
    ):
        assert jwt_expiry(other) is None
