"""No secret in a log, a message or a traceback."""

from __future__ import annotations

import io
import logging
import time
import traceback
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from integration.errors import SyncFailure
from integration.http.auth import BasicAuth, OAuth1Query, TokenAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.redact import (
    MASK,
    TALKATIVE,
    RedactingFilter,
    address,
    redact,
    redact_headers,
    remember,
)
from integration.http.rules import HttpRules

CANARY = "cs_canary0123456789/+=abcdef"


@pytest.mark.parametrize(
    "text",
    [
        "GET /x?consumer_key=ck&consumer_secret={}&page=2",
        "https://shop.test/?oauth_signature={}",
        "https://user:{}@shop.test/",
        "Authorization: Bearer {}",
        "{{'Authorization': 'Basic {}'}}",
        '{{"access_token": "{}", "name": "x"}}',
        '{{"password":"{}"}}',
        "api_key={}",
        "X-Shop-Api-Key: {}",
        "client_secret='{}'",
        "sent Bearer {} to the platform",
    ],
)
def test_what_stands_behind_a_secret_name_is_masked(text: str) -> None:
    cleaned = redact(text.format("unregistered-0123456789"))
    assert "unregistered" not in cleaned
    assert MASK in cleaned


def test_what_is_no_secret_stays() -> None:
    for text in (
        "The shop answered 404 for /products/12?page=2&per_page=100",
        "Tokens of appreciation, 12 secret santas: sku=KEY-1",
        '{"name": "Author", "price": "12.90", "monkey": "banana"}',
        "https://shop.test:8443/wp-json/wc/v3/products?orderby=id",
    ):
        assert redact(text) == text.replace("santas: sku=KEY-1", "santas: sku=KEY-1")


def test_a_known_value_is_masked_in_every_usual_form() -> None:
    remember(CANARY)
    encoded = b64encode(CANARY.encode()).decode()
    for form in (CANARY, quote(CANARY, safe=""), encoded):
        assert redact(f"before {form} after") == f"before {MASK} after"


def test_short_values_do_not_blot_out_ordinary_words() -> None:
    remember("shop", "")
    assert redact("the shop answered") == "the shop answered"


def test_headers_keep_their_names_only() -> None:
    shown = redact_headers(
        {"Authorization": "x", "X-Api-Key": "y", "Cookie": "z", "Accept": "json"}
    )
    assert shown == {
        "Authorization": MASK,
        "X-Api-Key": MASK,
        "Cookie": MASK,
        "Accept": "json",
    }


def test_an_address_for_a_message_has_no_user_no_query_no_fragment() -> None:
    shown = address("https://me:pw@shop.test/a?consumer_secret=x#y")
    assert shown == f"https://{MASK}@shop.test/a"


def test_hostile_text_is_redacted_in_reasonable_time() -> None:
    begun = time.process_time()
    for text in (
        "token" * 20_000,
        "a-" * 50_000,
        "secret=" * 10_000,
        "http://" * 9_000,
    ):
        assert redact(text)
    # Of the processor's own time; where each part is looked at once for every other,
    # it would be minutes.
    assert time.process_time() - begun < 10


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged anywhere, at the most talkative level, without our filter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_filtered_record_is_clean_in_message_arguments_extras_and_traceback() -> None:
    remember(CANARY)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(account)s"))
    handler.addFilter(RedactingFilter())
    logger = logging.Logger("apart")
    logger.addHandler(handler)
    try:
        raise ValueError(f"bad key {CANARY}")
    except ValueError:
        logger.exception("%s failed", CANARY, extra={"account": CANARY})
    logger.warning({"password": CANARY}, extra={"account": 7})
    logger.warning("%s", extra={"account": "a"}, stack_info=True)
    logger.warning("%d", "no number", extra={"account": "a"})
    shown = stream.getvalue()
    assert CANARY not in shown
    assert "ValueError: bad key" in shown
    assert f"{MASK} failed {MASK}" in shown


def exercise(listener: Any, say: Any, auth: Any) -> Iterator[SyncFailure]:
    """Calls that go wrong in every way, with secrets in all places."""
    http = listener.http(auth)

    def drop(handler: Any) -> None:
        handler.close_connection = True

    for answer in (
        say(),
        say(500),
        say(429, Retry_After="50"),
        say(503, Retry_After="50"),
        say(301, Location=f"https://x.test/?oauth_signature={CANARY}"),
        say(body=CANARY.encode()),
        drop,
    ):
        for method in ("GET", "POST"):
            listener.answers = [answer]
            try:
                http.request(method, "x", params={"token": CANARY}).json()
            except SyncFailure as failure:
                yield failure


@pytest.mark.parametrize(
    "auth",
    [
        BasicAuth("ck_canary_key_0123", CANARY),
        OAuth1Query("ck_canary_key_0123", CANARY),
        TokenAuth(lambda http: (CANARY, None)),
    ],
    ids=["basic", "oauth", "token"],
)
def test_no_secret_is_logged_or_raised_whatever_goes_wrong(
    listener: Any, say: Any, log: io.StringIO, auth: Any
) -> None:
    failures = list(exercise(listener, say, auth))
    assert len(failures) >= 8
    told = log.getvalue()
    assert "/x?" in told
    for failure in failures:
        told += "".join(traceback.format_exception(failure)) + failure.hint
    for form in (CANARY, quote(CANARY, safe=""), b64encode(CANARY.encode()).decode()):
        assert form not in told
    assert "oauth_signature=" not in told.replace(f"oauth_signature={MASK}", "")


def test_a_refused_address_does_not_tell_its_password() -> None:
    http = Http(
        base_url=f"https://me:{CANARY}@shop.test",
        auth=BasicAuth("me", "password"),
        meter=FreeMeter(),
        rules=HttpRules(),
    )
    with pytest.raises(SyncFailure) as refused:
        http.get("x")
    assert CANARY not in "".join(traceback.format_exception(refused.value))


def test_the_talkative_libraries_are_filtered() -> None:
    for name in TALKATIVE:
        assert any(
            isinstance(known, RedactingFilter)
            for known in logging.getLogger(name).filters
        )
