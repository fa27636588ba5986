"""Xero's traps in what is read, its limits and its hooks, by their numbers."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime

import pytest
import requests
import time_machine

from connectors.xero import CONNECTOR, mapping
from connectors.xero.dates import ZONES, day, moment, zone_named
from connectors.xero.reader import OVERLAP
from connectors.xero.webhooks import Webhooks, signature
from integration.contract.mapping import Context
from integration.contract.messages import Request, Verdict
from integration.errors import BadCredentials
from integration.http.redact import RedactingFilter
from tests.connectors.xero.books import Books, sale
from tests.connectors.xero.subject import MARA, MUG

LISTED = ("items", "contacts", "invoices", "credit_notes")
HOURS, CALLS_A_DAY = 24, 1000


def test_trap_7_a_day_of_reading_every_two_hours_leaves_most_of_the_smallest_budget(
    books: Books,
) -> None:
    before = len(_calls(books))
    for stream in CONNECTOR.streams:
        list(books.reader().read(stream.key, "2026-11-20T00:00:00", None))
    once = len(_calls(books)) - before
    lookups = [stream for stream in CONNECTOR.streams if stream.key not in LISTED]
    a_day = (once - len(lookups)) * HOURS // 2 + len(lookups)
    assert a_day < CALLS_A_DAY / 10
    told = {limit.seconds: limit for limit in CONNECTOR.limits({})}
    assert told[86_400].calls == CALLS_A_DAY
    assert told[86_400].remaining_header == "X-DayLimit-Remaining"
    assert told[60].remaining_header == "X-MinLimit-Remaining"
    assert told[0].calls == 5


def test_trap_8_items_are_polled_whole_and_a_removed_one_is_missed(
    books: Books,
) -> None:
    stream = CONNECTOR.stream("items")
    assert stream.full_every == 86_400
    assert stream.gone_after
    books.do("remove_item", Code="MUG-BLU")
    pages = list(books.reader().read("items", None, None))
    assert MUG not in {raw.external_id for page in pages for raw in page.items}


def test_trap_8_any_item_asked_for_brings_all_of_them_in_one_call(books: Books) -> None:
    client = books.client()
    before = len(_calls(books))
    found = list(books.reader(client).fetch("items", [MUG]))
    assert len(found) == len(books.ledger()["items"]) / 2
    assert [call["method"] for call in _calls(books)[before:]].count("GET") == 1


def test_trap_8_a_merged_contact_says_where_it_went(books: Books) -> None:
    gone = books.do("add_contact", Name="Mara Q.")
    books.do("merge_contacts", contact=gone["ContactID"], into=MARA)
    [raw] = books.reader().fetch("contacts", [gone["ContactID"]])
    assert (raw.gone, raw.moved_to) == (True, MARA)


@pytest.mark.parametrize("inclusive", [True, False])
def test_trap_9_the_second_of_the_mark_is_read_again(
    books: Books, inclusive: bool
) -> None:
    books.do("set_settings", since_inclusive=inclusive)
    books.do("edit_contact", contact=MARA, TaxNumber="changed")
    [raw] = books.reader().fetch("contacts", [MARA])
    pages = list(books.reader().read("contacts", raw.version[:19], None))
    assert MARA in {raw.external_id for page in pages for raw in page.items}
    assert int(OVERLAP.total_seconds()) >= 120
    assert CONNECTOR.stream("contacts").full_every


def test_trap_9_a_mark_never_stands_later_than_what_was_seen(books: Books) -> None:
    pages = list(books.reader().read("contacts", None, None))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert pages[-1].mark is not None
    assert pages[-1].mark <= now
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        later = list(books.reader().read("contacts", pages[-1].mark, None))
    assert later[-1].mark == "2029-12-31T23:00:00"


def test_trap_10_a_grant_is_renewed_once_for_all_and_its_grace_is_known() -> None:
    oauth = CONNECTOR.oauth
    assert oauth is not None
    assert oauth.grace == 1800
    assert "offline_access" in oauth.scopes
    assert oauth.setting == "organisation"
    assert oauth.applies({"sign_in": "oauth"})
    assert not oauth.applies({"sign_in": "custom connection"})


def test_trap_10_the_connector_never_renews_a_consent_itself(books: Books) -> None:
    with pytest.raises(BadCredentials) as caught:
        books.client(sign_in="oauth").get("Organisation")
    assert caught.value.field == "organisation"
    assert books.do("deliveries")["waiting"] == 0


def test_trap_11_the_handshake_is_answered_empty_without_headers() -> None:
    hooks = Webhooks({"webhook_key": "weft-webhook-key"})
    body = (
        b'{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"WEFT"}'
    )
    good = signature("weft-webhook-key", body).decode()
    assert good == "c5gniZg9BiD7hzVtJUQJV2YklkxTKQj8w34SfcTiLcc="
    for told, status in ((good, 200), ("d3Jvbmc=", 401), ("", 401)):
        request = Request("POST", "/", "", {"x-xero-signature": told}, body)
        answer = hooks.greet(request)
        assert answer is not None
        assert (answer.status, answer.body, dict(answer.headers)) == (status, b"", {})
        assert (hooks.verify(request) == Verdict.SIGNED) == (status == 200)


def test_trap_12_dates_in_brackets_are_days_and_moments_of_utc() -> None:
    assert moment("/Date(1763600000000+0000)/") == datetime(
        2025, 11, 20, 0, 53, 20, tzinfo=UTC
    )
    assert moment("/Date(-86400000)/").year == 1969
    assert str(day("/Date(1793491200000+0000)/")) == "2026-11-01"
    assert zone_named("NEWZEALANDSTANDARDTIME") == "Pacific/Auckland"
    assert zone_named("GMTSTANDARDTIME") == "Europe/London"
    assert zone_named("NOWHERESTANDARDTIME") == ""


def test_trap_12_every_zone_of_the_table_is_one_there_is() -> None:
    for name in ZONES.values():
        context = Context(settings={"time_zone": name})
        row = {"InvoiceID": "1", "Date": "/Date(1793491200000+0000)/"}
        row |= {"Total": "1", "CurrencyCode": "NZD", "InvoiceNumber": "1"}
        assert str(mapping.INVOICE(row, context).at.date()) == "2026-11-01"


def test_trap_16_no_token_is_ever_logged(books: Books) -> None:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.addFilter(RedactingFilter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        books.booked(sale())
        door = books.client().http
        request = door.auth.sign(_Prepared())
        token = request.headers["Authorization"].removeprefix("Bearer ")
        logging.getLogger("any").warning("it was %s", token)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert len(token) > 20
    assert token not in text.getvalue()
    assert "it was" in text.getvalue()


class _Prepared:
    """As much of a request as signing needs."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}


def _calls(books: Books) -> list[dict[str, str]]:
    found: list[dict[str, str]] = requests.get(
        f"{books.root.rpartition('/')[0]}/_control/xero/calls", timeout=60
    ).json()["calls"]
    return found
