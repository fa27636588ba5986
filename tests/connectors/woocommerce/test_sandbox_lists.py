"""Lists: pages, filters, and what the date filters really do."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from woocommerce import API

from connectors.woocommerce.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer

HOURS = {1: "08:00:00", 2: "10:00:00", 3: "12:00:00"}
"""Product 1 was changed at 8, 2 at 10 and 3 at 12 o'clock GMT."""


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A shop two hours east of Greenwich with three products."""
    with SandboxServer([PLATFORM]) as running:
        control = f"{running.url}/_control/woocommerce"
        requests.post(f"{control}/settings", json={"site_offset_hours": 2}, timeout=60)
        rows = [
            {
                "id": number,
                "name": f"P{number}",
                "sku": f"S-{number}",
                "date_created_gmt": f"2026-11-19T{hour}",
                "date_modified_gmt": f"2026-11-20T{hour}",
            }
            for number, hour in HOURS.items()
        ]
        requests.post(f"{control}/seed", json={"products": rows}, timeout=60)
        yield running


def ids(api: API, **params: Any) -> list[int]:
    answer = api.get("products", params={"orderby": "id", "order": "asc", **params})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()]


@pytest.mark.parametrize(
    ("sent", "gmt", "found"),
    [
        ("2026-11-20T10:00:00", False, [2, 3]),  # site time: 8 o'clock GMT
        ("2026-11-20T10:00:00", True, [3]),  # GMT: and strictly later than 10
        ("2026-11-20T09:59:59", True, [2, 3]),
        ("2026-11-20T09:30:00Z", False, [2, 3]),  # its own offset is honoured
        ("2026-11-20T11:30:00+02:00", False, [2, 3]),
        ("2026-11-20T09:30:00Z", True, [3]),  # wrongly shifted by two hours
        ("2026-11-20T09:59:59.999", True, [2, 3]),  # fractions are ignored
    ],
)
def test_what_modified_after_means(
    api: API, sent: str, gmt: bool, found: list[int]
) -> None:
    flag = {"dates_are_gmt": "true"} if gmt else {}
    assert ids(api, modified_after=sent, **flag) == found


def test_modified_before_and_after_make_a_window(api: API) -> None:
    window = {
        "modified_after": "2026-11-20T07:59:59",
        "modified_before": "2026-11-20T12:00:00",
        "dates_are_gmt": "true",
    }
    assert ids(api, **window) == [1, 2]
    assert ids(api, after="2026-11-19T10:00:00", dates_are_gmt="true") == [3]


def test_what_is_not_a_date_is_refused(api: API) -> None:
    answer = api.get("products", params={"modified_after": "yesterday"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "rest_invalid_param"
    assert "modified_after" in answer.json()["data"]["params"]


def test_dates_are_shown_in_site_time_and_in_gmt(api: API) -> None:
    row = api.get("products/2").json()
    assert row["date_modified"] == "2026-11-20T12:00:00"
    assert row["date_modified_gmt"] == "2026-11-20T10:00:00"


@pytest.mark.parametrize("size", ["0", "101", "x"])
def test_a_page_has_one_to_a_hundred_rows(api: API, size: str) -> None:
    answer = api.get("products", params={"per_page": size})
    assert answer.status_code == 400
    assert answer.json()["code"] == "rest_invalid_param"


def test_pages_offsets_and_the_end(api: API) -> None:
    assert ids(api, per_page=2, page=2) == [3]
    assert ids(api, per_page=2, offset=1) == [2, 3]
    past = api.get("products", params={"page": 9})
    assert (past.status_code, past.json()) == (200, [])
    assert past.headers["X-WP-Total"] == "3"


def test_filters_by_sku_search_id_and_unknown_ones(api: API) -> None:
    assert ids(api, sku="S-1,s-3,none") == [1, 3]
    assert ids(api, search="p2") == [2]
    assert ids(api, search="S-2") == []
    assert ids(api, search_sku="s-") == [1, 2, 3]
    assert ids(api, include="3,1") == [1, 3]
    assert ids(api, no_such_parameter="x") == [1, 2, 3]


def test_an_unknown_order_or_type_is_refused(api: API) -> None:
    for params in ({"orderby": "colour"}, {"order": "up"}, {"type": "variation"}):
        answer = api.get("products", params=params)
        assert answer.status_code == 400
        assert answer.json()["code"] == "rest_invalid_param"


def test_only_the_fields_asked_for_are_shown(api: API) -> None:
    answer = api.get("products", params={"_fields": "id,sku,dimensions.width"})
    assert answer.json()[0] == {"id": 3, "sku": "S-3", "dimensions": {"width": ""}}
