"""Galaxy's traps in reading, one test for each, by the number they are known by."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.galaxy import CONNECTOR
from connectors.galaxy.dates import moment, shown, written
from connectors.galaxy.reader import NUMBERED
from integration.contract.connector import CursorType
from integration.contract.messages import Request, Verdict
from integration.errors import BadConfig, Transient
from tests.connectors.galaxy.connected import SECOND, Copy, Galaxy, rows

ATHENS = ZoneInfo("Europe/Athens")


def test_trap_1_what_was_switched_off_is_missing_from_the_whole_list_alone(
    galaxy: Galaxy,
) -> None:
    copy = Copy(galaxy.reader())
    copy.pull("items")
    gone = next(iter(copy.rows["items"]))
    galaxy.control("deactivate_item", id=gone)
    assert rows(copy.pull("items")) == []
    assert gone in copy.rows["items"]
    copy.pull("items", whole=True)
    assert gone not in copy.rows["items"]
    for key in ("items", "customers", "itembalances", "customersites"):
        stream = CONNECTOR.stream(key)
        assert (stream.gone_after, stream.full_every) == (1, 86_400)


def test_trap_2_lists_numbered_0_throughout_are_asked_for_without_a_number(
    galaxy: Galaxy,
) -> None:
    for key in ("itemcategories", "itemattributes", "itemdimensions"):
        assert CONNECTOR.stream(key).cursor is CursorType.NONE
        found = list(galaxy.reader().read(key, None, None))
        assert rows(iter(found))
        assert found[-1].mark is None
        made = galaxy.calls(f"/services/sync/{key}")
        assert made
        assert not any("RevisionNumber" in call["query"] for call in made)


def test_trap_3_the_mark_is_the_highest_number_and_comes_with_the_last_page(
    galaxy: Galaxy,
) -> None:
    pages = list(galaxy.reader(rows_at_once=10).read("items", None, None))
    numbers = [int(raw.version) for raw in rows(iter(pages))]
    assert numbers[-1] < max(numbers), "the sandbox mixes its rows"
    assert [page.mark for page in pages[:-1]] == [None] * (len(pages) - 1)
    assert int(pages[-1].mark or 0) == max(numbers)
    assert len(pages[-1].mark or "") == 20
    [later] = galaxy.reader().read("items", pages[-1].mark, None)
    assert (later.items, later.mark) == ([], None)


def test_trap_4_the_scenario_goes_with_every_call(galaxy: Galaxy) -> None:
    galaxy.control("no_default_scenario")
    client = galaxy.client(web_scenario=SECOND, order_lookup=True)
    assert all(finding.ok for finding in CONNECTOR.probe(client))
    for stream in CONNECTOR.streams:
        list(galaxy.reader(web_scenario=SECOND).read(stream.key, None, None))
    made = [*galaxy.calls("/services"), *galaxy.calls("/api")]
    assert len(made) > len(CONNECTOR.streams)
    assert all(f"WebScenID={SECOND}" in call["query"] for call in made)
    with pytest.raises(BadConfig) as caught:
        list(galaxy.reader().read("items", None, None))
    assert caught.value.field == "web_scenario"


def test_trap_5_two_scenarios_are_two_accounts() -> None:
    settings = {"base_url": "https://erp.example.test/galaxy"}
    accounts = {
        CONNECTOR.account(settings),
        CONNECTOR.account({**settings, "web_scenario": "A1"}),
        CONNECTOR.account({**settings, "web_scenario": "b2"}),
        CONNECTOR.account({"base_url": "https://erp.example.test/other"}),
    }
    assert len(accounts) == 4
    again = {**settings, "web_scenario": "a1"}
    assert CONNECTOR.account(again) in accounts


def test_trap_12_threads_share_one_session_and_nobody_signs_out(
    galaxy: Galaxy,
) -> None:
    galaxy.control("set_settings", one_session=True)
    galaxy.control("expire_sessions")

    def read(number: int) -> int:
        return len(rows(galaxy.reader().read("countries", None, None)))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(read, range(12))) == {5}
    assert galaxy.ledger()["logins"] == 1
    assert galaxy.calls("/auth/logout") == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2025-03-04T10:15:00", datetime(2025, 3, 4, 8, 15, tzinfo=UTC)),
        ("2025-07-04T10:15:00.1234567", datetime(2025, 7, 4, 7, 15, 0, 123456, UTC)),
        ("2025-03-04T10:15:00+00:00", datetime(2025, 3, 4, 10, 15, tzinfo=UTC)),
        ("/Date(1741076100000)/", datetime(2025, 3, 4, 8, 15, tzinfo=UTC)),
        ("/Date(1741076100000+0200)/", datetime(2025, 3, 4, 8, 15, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        (None, None),
    ],
)
def test_trap_13_times_are_read_in_all_three_ways(
    text: str, meant: datetime | None
) -> None:
    found = moment(text, ATHENS)
    assert (found.astimezone(UTC) if found else None) == meant
    if meant:
        assert moment(written(meant, ATHENS), ATHENS) == meant.replace(microsecond=0)
    assert shown("2025-03-04T00:00:00", ATHENS) == "2025-03-04"


def test_trap_14_a_whole_table_has_time_and_comes_in_pages(galaxy: Galaxy) -> None:
    galaxy.control("grow", items=3_000)
    pages = galaxy.reader(patience=120).read("items", None, None)
    sizes = [len(page.items) for page in pages]
    assert sum(sizes) > 3_000
    assert set(sizes[:-1]) == {500}
    galaxy.control("set_settings", answer_seconds=3.0)
    with pytest.raises(Transient) as caught:
        list(galaxy.reader(patience=1).read("items", None, None))
    assert caught.value.code == "timed_out"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("body", [b"", b'{"ID": "e1", "Balance": 0}', b"\xff{"])
def test_trap_15_what_a_call_says_is_never_data(method: str, body: bytes) -> None:
    assert CONNECTOR.webhooks is not None
    hooks = CONNECTOR.webhooks({}, {})
    request = Request(method, "/hooks/7/token/itembalances", "", {}, body)
    assert hooks.greet(request) is None
    assert hooks.verify(request) is Verdict.UNSIGNED
    [event] = hooks.events(request)
    assert (event.stream, event.ids) == ("itembalances", ())
    for path in ("/hooks/7/token/any", "/hooks/7/token/nonsense", "/hooks/7/token/"):
        found = [event.stream for event in hooks.events(request._replace(path=path))]
        assert found == ["items", "customers"]
    assert set(found) < NUMBERED
