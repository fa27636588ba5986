"""Checks the Crystal sandbox's door and listing over real HTTP."""

import base64
import json
import re
import time
from collections.abc import Iterator

import pytest
import requests
import time_machine

from connectors.crystal.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer
from tests.connectors.crystal.sandbox_caller import Caller

PRODUCTS = "/v1/ecom/products"


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer([PLATFORM]) as running:
        yield running


@pytest.fixture
def crystal(server: SandboxServer) -> Caller:
    requests.post(f"{server.url}/_control/crystal/reset", timeout=60)
    return Caller(server)


def test_a_token_is_a_jwt_that_names_its_end(crystal: Caller) -> None:
    crystal.control("settings", token_seconds=120)
    with time_machine.travel(1_800_000_000, tick=False):
        payload = crystal.token().json()["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["exp"] == 1_800_000_120


@pytest.mark.parametrize(
    "form",
    [
        {"key": "crystal-sandbox-key", "secret": "wrong"},
        {"key": "wrong", "secret": "crystal-sandbox-secret"},
        {"secret": "crystal-sandbox-secret"},
    ],
)
def test_a_wrong_key_or_secret_gets_no_token(
    crystal: Caller, form: dict[str, str]
) -> None:
    assert crystal.token(**form).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a.b.c", "Basic Zm9vOmJhcg=="])
def test_a_call_without_a_good_token_is_refused(crystal: Caller, header: str) -> None:
    crystal.session.headers["Authorization"] = header
    assert crystal.get(PRODUCTS).status_code == 401


def test_a_token_with_a_changed_end_is_refused(crystal: Caller) -> None:
    scheme, _, token = str(crystal.session.headers["Authorization"]).partition(" ")
    head, _, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"exp": 9999999999}').decode().rstrip("=")
    crystal.session.headers["Authorization"] = f"{scheme} {head}.{forged}.{signature}"
    assert crystal.get(PRODUCTS).status_code == 401


def test_a_token_may_end_between_two_pages(crystal: Caller) -> None:
    crystal.control("settings", token_seconds=30)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        crystal.sign_in()
        assert crystal.get(PRODUCTS, page=1).status_code == 200
        clock.shift(31)
        assert crystal.get(PRODUCTS, page=2).status_code == 401
        crystal.sign_in()
        assert crystal.get(PRODUCTS, page=2).status_code == 200


def test_a_token_may_be_good_for_so_many_calls(crystal: Caller) -> None:
    crystal.control("settings", token_calls=2)
    statuses = [crystal.get(PRODUCTS, page=page).status_code for page in (1, 2, 3)]
    assert statuses == [200, 200, 401]


def test_tokens_can_be_revoked(crystal: Caller) -> None:
    crystal.control("revoke")
    assert crystal.get(PRODUCTS).status_code == 401


def test_too_many_calls_are_put_off_and_come_through_later(crystal: Caller) -> None:
    crystal.control("settings", limit=2)
    begun = time.monotonic()
    answers = [crystal.get(PRODUCTS, per_page=1) for _ in range(5)]
    while answers[-1].status_code == 200 and len(answers) < 1000:
        answers.append(crystal.get(PRODUCTS, per_page=1))
    # Four at once, then two in every second that the calls themselves take.
    most = 4 + 2 * (time.monotonic() - begun)
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert answers[-1].status_code == 429
    assert len(answers) - 1 <= most
    assert answers[-1].headers["Retry-After"] == "1"
    time.sleep(1)
    assert crystal.get(PRODUCTS, per_page=1).status_code == 200


def test_a_shorter_window_lets_more_calls_through() -> None:
    with SandboxServer([PLATFORM], scale=50.0) as server:
        crystal = Caller(server)
        crystal.control("settings", limit=2)
        for _ in range(4):
            crystal.get(PRODUCTS, per_page=1)
        time.sleep(0.1)
        assert crystal.get(PRODUCTS, per_page=1).status_code == 200


def test_pages_together_are_the_whole_catalogue_and_then_empty(crystal: Caller) -> None:
    pages = [crystal.products(page=page, per_page=100) for page in range(1, 12)]
    assert [len(page) for page in pages] == [100] * 10 + [0]
    assert len({product["id"] for page in pages for product in page}) == 1000


def test_a_page_holds_fifty_unless_told_and_never_over_a_hundred(
    crystal: Caller,
) -> None:
    assert len(crystal.products()) == 50
    assert len(crystal.products(per_page=500)) == 100


@pytest.mark.parametrize(
    "params", [{"page": 0}, {"page": "two"}, {"updated_since": "yesterday"}]
)
def test_a_wrong_parameter_is_refused(
    crystal: Caller, params: dict[str, str | int]
) -> None:
    answer = crystal.session.get(crystal.root + PRODUCTS, params=params, timeout=60)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_empty_catalogue_has_an_empty_first_page(crystal: Caller) -> None:
    crystal.control("catalogue", size=0)
    assert crystal.products() == []


@pytest.mark.parametrize(
    "since", ["2025-06-01T00:00:00Z", "2025-06-01T02:00:00+02:00", "2025-06-01"]
)
def test_updated_since_lists_what_changed_at_that_time_or_later(
    crystal: Caller, since: str
) -> None:
    crystal.control("catalogue", size=100)
    everything = crystal.products(per_page=100)
    expected = {
        product["id"]
        for product in everything
        if product["last_updated"] >= "2025-06-01T00:00:00Z"
    }
    listed = crystal.products(per_page=100, updated_since=since)
    assert {product["id"] for product in listed} == expected
    assert 0 < len(expected) < 100


def test_a_product_carries_all_its_fields(crystal: Caller) -> None:
    assert set(crystal.products(per_page=1)[0]) == {
        *("id", "product_number", "name", "description", "short_description"),
        *("images", "tags", "allow_backorder", "quantity", "price", "created"),
        *("last_updated", "is_visible", "vendor", "item_type"),
    }


def test_prices_are_numbers_written_with_all_their_digits(crystal: Caller) -> None:
    text = crystal.get(PRODUCTS).text
    assert '"price":14.995,' in text
    assert re.search(r'"price":\d+\.\d0,', text)
    assert re.search(r'"price":\d+,', text)


def test_the_list_may_be_wrapped_and_images_may_be_objects(crystal: Caller) -> None:
    crystal.control("catalogue", size=30)
    crystal.control("settings", envelope="data", images_as="objects")
    answer = crystal.get(PRODUCTS).json()
    images = [image for product in answer["data"] for image in product["images"]]
    assert images
    assert all(image["src"].startswith("http") for image in images)


def test_a_single_product_is_served_only_when_switched_on(crystal: Caller) -> None:
    first = crystal.products(per_page=1)[0]
    path = f"{PRODUCTS}/{first['id']}"
    assert crystal.get(path).status_code == 404
    crystal.control("settings", single=True)
    assert crystal.get(path).json() == first
    assert crystal.get(f"{PRODUCTS}/nobody").status_code == 404


def test_a_hidden_product_is_absent_and_comes_back(crystal: Caller) -> None:
    crystal.control("catalogue", size=40)
    crystal.control("settings", single=True)
    first = crystal.products()[0]
    crystal.control("hide", id=first["id"])
    assert first not in crystal.products()
    assert crystal.get(f"{PRODUCTS}/{first['id']}").status_code == 404
    crystal.control("show", id=first["id"])
    assert first in crystal.products()


def test_a_vendor_that_is_hidden_takes_its_products_along(
    crystal: Caller,
) -> None:
    crystal.control("catalogue", size=40)
    everything = crystal.products()
    code = everything[0]["vendor"]["code"]
    crystal.control("hide", vendor=code)
    expected = [each for each in everything if each["vendor"]["code"] != code]
    assert crystal.products() == expected


def test_a_deleted_product_is_absent(crystal: Caller) -> None:
    first = crystal.products(per_page=1)[0]
    crystal.control("delete", id=first["id"])
    assert crystal.products(per_page=1)[0]["id"] != first["id"]


def test_an_edit_touches_the_time_of_change_unless_told_not_to(
    crystal: Caller,
) -> None:
    first, second = crystal.products(per_page=2)
    crystal.control("product", id=first["id"], name="Ny")
    crystal.control("product", id=second["id"], quantity=7, touch=False)
    changed = crystal.products(updated_since="2026-01-01")
    assert [(each["id"], each["name"]) for each in changed] == [(first["id"], "Ny")]
    assert crystal.products(per_page=2)[1]["quantity"] == 7


def test_an_edit_of_an_unknown_field_is_refused(crystal: Caller) -> None:
    answer = requests.post(f"{crystal.controls}/product", json={"prize": 1}, timeout=60)
    assert (answer.status_code, "prize" in answer.json()["error"]) == (400, True)
