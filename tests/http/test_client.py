"""What the door gives back, repeats, and calls unknown."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from integration.errors import BadConfig, BudgetSpent, TooLarge, Transient, Unknown
from integration.http.auth import BasicAuth, NoAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from tests.jobs.merchant import wait_for

SHOP = "https://shop.test/wp-json/wc/v3"


def door(**options: Any) -> Http:
    return Http(**{"base_url": SHOP, "auth": NoAuth(), "meter": FreeMeter()} | options)


@responses.activate
def test_an_answer_has_its_status_headers_and_exact_decimals() -> None:
    responses.get(
        f"{SHOP}/products", body=b'[{"price": 1.10}]', headers={"X-WP-Total": "1"}
    )
    reply = door().get("products")
    assert reply.status == 200
    assert reply.headers["x-wp-total"] == "1"
    assert reply.json() == [{"price": Decimal("1.10")}]
    assert reply.slices() == [b'{"price": 1.10}']


@responses.activate
def test_parameters_are_written_the_way_platforms_read_them() -> None:
    query = "orderby=id&hide_empty=false&include=1&include=2"
    responses.get(f"{SHOP}/products", match=[matchers.query_string_matcher(query)])
    params = {"orderby": "id", "hide_empty": False, "include": [1, 2], "search": None}
    assert door().get("/products", params=params).status == 200


@responses.activate
def test_json_goes_out_with_decimals_as_numbers_and_forms_as_forms() -> None:
    responses.post(f"{SHOP}/orders")
    door().post("orders", json={"total": Decimal("12.90"), "name": "Ωμέγα"})
    door().post("orders", form={"key": "a b"})
    first, second = (call.request for call in responses.calls)
    assert first.body == '{"total":12.90,"name":"Ωμέγα"}'.encode()
    assert first.headers["Content-Type"] == "application/json"
    assert second.body == "key=a+b"
    assert second.headers["Content-Type"] == "application/x-www-form-urlencoded"


@responses.activate
def test_every_call_says_who_we_are() -> None:
    responses.get(f"{SHOP}/products")
    door().get("products")
    assert responses.calls[0].request.headers["User-Agent"].startswith("Weft/")


@responses.activate
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 500])
def test_a_status_that_is_not_the_networks_is_left_to_the_connector(
    status: int,
) -> None:
    responses.get(f"{SHOP}/products", status=status, json={"code": "x"})
    assert door().get("products").status == status
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_trouble_is_repeated_twice_at_most(status: int) -> None:
    responses.get(f"{SHOP}/products", status=status, headers={"Retry-After": "0"})
    with pytest.raises(Transient) as failed:
        door().get("products")
    assert len(responses.calls) == 3
    assert failed.value.throttled == (status == 429)


@responses.activate
def test_a_repeat_that_works_is_all_the_connector_sees() -> None:
    responses.get(f"{SHOP}/products", status=503, headers={"Retry-After": "0"})
    responses.get(f"{SHOP}/products", json=[])
    assert door().get("products").json() == []


@responses.activate
def test_a_long_wait_is_handed_back_instead_of_slept() -> None:
    responses.get(f"{SHOP}/products", status=429, headers={"Retry-After": "90"})
    with pytest.raises(Transient) as failed:
        door().get("products")
    assert failed.value.after == 90
    assert failed.value.throttled
    assert len(responses.calls) == 1


@responses.activate
def test_a_throttled_write_is_known_not_to_be_done() -> None:
    responses.post(f"{SHOP}/orders", status=429, headers={"Retry-After": "1"})
    with pytest.raises(Transient) as failed:
        door().post("orders", json={})
    assert (failed.value.after, failed.value.throttled) == (1, True)
    assert len(responses.calls) == 1


@responses.activate
def test_a_write_answered_by_a_gateway_is_the_connectors_to_judge() -> None:
    responses.post(f"{SHOP}/orders", status=504)
    assert door().post("orders", json={}).status == 504
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "error", [requests.ReadTimeout(), requests.ConnectionError("reset")]
)
def test_a_write_without_an_answer_is_of_unknown_outcome(error: Exception) -> None:
    responses.post(f"{SHOP}/orders", body=error)
    with pytest.raises(Unknown) as failed:
        door().post("orders", json={})
    assert len(responses.calls) == 1
    assert "https://shop.test" in failed.value.message


@responses.activate
def test_a_write_that_never_left_may_simply_be_tried_later() -> None:
    responses.post(f"{SHOP}/orders", body=requests.ConnectTimeout())
    with pytest.raises(Transient):
        door().post("orders", json={})


@responses.activate
def test_a_write_declared_repeatable_is_repeated() -> None:
    responses.post(f"{SHOP}/token", body=requests.ConnectionError("reset"))
    responses.post(f"{SHOP}/token", json={"token": "t"})
    assert door().post("token", repeatable=True).json() == {"token": "t"}


@responses.activate
def test_a_page_instead_of_json_is_transient_for_a_read_unknown_for_a_write() -> None:
    page = b"<html>Briefly unavailable for maintenance</html>"
    responses.get(f"{SHOP}/products", body=page)
    responses.post(f"{SHOP}/orders", body=page, status=201)
    responses.post(f"{SHOP}/refused", body=page, status=400)
    with pytest.raises(Transient) as failed:
        door().get("products").json()
    assert failed.value.code == "not_json"
    with pytest.raises(Unknown):
        door().post("orders", json={}).json()
    with pytest.raises(Transient):
        door().post("refused", json={}).json()


@responses.activate
def test_a_permanent_redirect_is_told_and_not_followed() -> None:
    responses.get(
        f"{SHOP}/products", status=301, headers={"Location": "https://www.shop.test/"}
    )
    with pytest.raises(BadConfig) as failed:
        door().get("products")
    assert "https://www.shop.test/" in failed.value.message
    assert len(responses.calls) == 1


@responses.activate
def test_a_full_address_is_asked_only_beneath_our_own_host() -> None:
    responses.get(f"{SHOP}/products", json=[1])
    assert door().get(f"{SHOP}/products?page=2").json() == [1]
    for foreign in (
        "https://evil.test/products",
        "http://shop.test/products",
        "https://shop.test:444/products",
        "https://shop.test@evil.test/products",
    ):
        with pytest.raises(BadConfig):
            door(auth=BasicAuth("ck_user", "cs_password")).get(foreign)
    assert len(responses.calls) == 1


def test_an_id_cannot_climb_out_of_its_folder() -> None:
    with pytest.raises(BadConfig):
        door().get("products/../../users/1")


@responses.activate
def test_the_meter_is_asked_before_and_told_after_every_single_attempt(
    counter: Any,
) -> None:
    responses.get(f"{SHOP}/products", body=requests.ConnectionError("reset"))
    responses.get(f"{SHOP}/products", status=503, headers={"Retry-After": "0"})
    responses.get(f"{SHOP}/products", json=[])
    door(meter=counter).get("products", group="reads")
    assert counter.asked == ["reads"] * 3
    assert counter.told == [0, 503, 200]


class Spent:
    """A meter with nothing left."""

    def ask(self, group: str) -> None:
        raise BudgetSpent("No call is left.", after=40)

    def tell(self, *told: Any) -> None:
        raise AssertionError("told of a call that was not made")


@responses.activate
def test_without_budget_no_call_is_made() -> None:
    responses.get(f"{SHOP}/products")
    with pytest.raises(BudgetSpent):
        door(meter=Spent()).get("products")
    assert len(responses.calls) == 0


def test_a_refused_connection_is_transient_even_for_a_write(listener: Any) -> None:
    http = listener.http()
    listener.stop()
    with pytest.raises(Transient) as failed:
        http.post("orders", json={})
    assert "takes no connections" in failed.value.message


def test_an_unknown_name_is_transient_and_says_so() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(Transient) as failed:
        door(resolver=nobody).post("orders", json={})
    assert "could not be found" in failed.value.message


def test_a_silent_server_times_out_a_read_and_leaves_a_write_unknown(
    listener: Any,
) -> None:
    over = threading.Event()
    listener.answers = [lambda handler: over.wait(60)]
    with pytest.raises(Transient) as late:
        listener.http().get("products", timeout=2)
    assert late.value.code == "timed_out"
    with pytest.raises(Unknown) as unknown:
        listener.http().post("orders", json={}, timeout=2)
    assert unknown.value.code == "timed_out"
    wait_for("both to have come in", lambda: len(listener.seen) == 2)
    over.set()


def test_an_answer_that_breaks_off_is_repeated_for_a_read_only(
    listener: Any, say: Any
) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'[{"id"')
        handler.close_connection = True

    listener.answers = [half, say(body=b"[]"), half]
    assert listener.http().get("products").json() == []
    with pytest.raises(Unknown):
        listener.http().post("orders", json={})
    assert [seen.method for seen in listener.seen] == ["GET", "GET", "POST"]


def test_an_answer_larger_than_allowed_asks_for_less_at_a_time(
    listener: Any, say: Any
) -> None:
    listener.answers = [say(body=b"1" * 3_000_000)]
    with pytest.raises(TooLarge):
        listener.http(max_bytes=2_000_000).get("products")


def test_a_refusal_whose_text_is_too_long_is_still_that_refusal(
    listener: Any, say: Any
) -> None:
    listener.answers = [say(400, b"1" * 3_000_000)]
    reply = listener.http(max_bytes=2_000_000).post("orders", json={})
    assert (reply.status, reply.body) == (400, b"")
