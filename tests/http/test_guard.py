"""No address, however written, leads a call into an internal network."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import pytest

from integration.errors import BadConfig, Transient
from integration.http import connections
from integration.http.auth import BasicAuth, NoAuth
from integration.http.client import Http
from integration.http.guard import AddressGuard, is_public
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules

# Each with the port of a listener that must never hear of it.
HOSTILE_HOSTS = (
    "127.0.0.1",
    "127.1",
    "127.8.8.8",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "0",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "169.254.169.254",
    "100.64.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.0.192",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
)
HOSTILE_FORMS = (
    "https://user@shop.test/",
    "https://user:password@shop.test/",
    "https://shop.test:password@127.0.0.1/",
    "https://shop.test\\@127.0.0.1/",
    "https://127.0.0.1#@shop.test/",
    "ftp://shop.test/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "//shop.test/",
    "shop.test",
    "https://",
    "https:///path",
    "https://shop.test:99999/",
    "https://shop.test:x/",
    "https://[::1/",
    "https://shop .test/",
    "http://shop.test/",
    "https://shop.test:22/",
    "https://shop.test:8443/",
    "https://shop.test:0/",
)
NOT_PUBLIC = """
    127.0.0.1 10.1.2.3 172.31.0.1 192.168.0.1 169.254.169.254 100.64.0.1 0.0.0.0
    192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 192.88.99.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255 ::1 :: ::ffff:10.0.0.1 ::7f00:1
    64:ff9b::a00:1 64:ff9b:1::808:808 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1
    fe80::1 fec0::1 fd00:ec2::254 ff02::1 ff0e::1 100::1 4000::1 5f00::1
"""
PUBLIC = """
    8.8.8.8 1.1.1.1 93.184.215.14 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8
    64:ff9b::808:808
"""


def leads_to(*addresses: str) -> Any:
    """A resolver that knows these addresses for every name."""
    return lambda host, port: addresses


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_a_hostile_host_is_refused_and_never_connected_to(
    listener: Any, host: str
) -> None:
    rules = HttpRules(allow_http=True, ports=(80, 443, listener.port))
    http = Http(
        base_url=f"http://{host}:{listener.port}",
        auth=BasicAuth("ck_user", "cs_password"),
        meter=FreeMeter(),
        rules=rules,
    )
    with pytest.raises(BadConfig) as refused:
        http.get("latest/meta-data")
    assert refused.value.code == "address_refused"
    assert listener.connections == 0


@pytest.mark.parametrize("url", HOSTILE_FORMS)
def test_a_hostile_form_is_refused_before_any_look_up(url: str) -> None:
    def nobody(host: str, port: int) -> Sequence[str]:
        raise AssertionError(f"{host} was looked up")

    http = Http(base_url=url, auth=NoAuth(), meter=FreeMeter(), resolver=nobody)
    with pytest.raises(BadConfig) as refused:
        http.get("products")
    assert "password" not in str(refused.value)


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_that_is_no_host_on_the_internet_is_not_public(
    address: str,
) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_host_on_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_internal_address_among_public_ones_refuses_the_name() -> None:
    guard = AddressGuard(HttpRules(), leads_to("8.8.8.8", "10.0.0.1", "1.1.1.1"))
    with pytest.raises(BadConfig):
        guard.addresses("shop.test", 443, True)


def test_the_address_that_was_checked_is_the_one_connected_to(listener: Any) -> None:
    asked = []

    def changing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        # Whoever looks twice for one connection is led inwards the second time.
        first = len(asked) == listener.connections + 1
        return ["127.0.0.1"] if first else ["10.0.0.1"]

    http = Http(
        base_url=f"http://shop.test:{listener.port}",
        auth=NoAuth(),
        meter=FreeMeter(),
        rules=HttpRules(allow_loopback=True),
        resolver=changing,
    )
    assert http.get("products").status == 200
    assert http.get("products").status == 200
    assert asked == ["shop.test"] * listener.connections
    assert listener.seen[0].headers["Host"] == f"shop.test:{listener.port}"


def test_a_name_that_turns_inwards_is_refused_at_the_next_connection(
    listener: Any, say: Any
) -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    listener.answers = [say(Connection="close")]
    http = Http(
        base_url=f"http://turning.test:{listener.port}",
        auth=NoAuth(),
        meter=FreeMeter(),
        rules=HttpRules(allow_loopback=True),
        resolver=lambda host, port: answers.pop(0),
    )
    assert http.get("products").status == 200
    with pytest.raises(BadConfig):
        http.get("products")
    assert len(listener.seen) == 1


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_redirect_to_internal_data_is_never_followed(
    listen: Any, say: Any, status: int
) -> None:
    shop, internal = listen(), listen()
    shop.answers = [say(status, Location=f"{internal.url}/latest/meta-data")]
    assert shop.http().get("products").status == status
    assert internal.connections == 0


def test_a_redirects_body_is_bounded_too(listener: Any, say: Any) -> None:
    listener.answers = [say(302, b"1" * 3_000_000, Location="/elsewhere")]
    with pytest.raises(Transient):
        listener.http(max_bytes=2_000_000).get("products")


def test_loopback_over_plain_http_needs_the_installations_word(listener: Any) -> None:
    with pytest.raises(BadConfig):
        listener.http(allow_loopback=False).get("products")
    assert listener.connections == 0
    assert listener.http().get("products").status == 200


def test_where_loopback_is_allowed_plain_http_goes_nowhere_else() -> None:
    guard = AddressGuard(HttpRules(allow_loopback=True), leads_to("8.8.8.8"))
    guard.check("http://shop.test/")
    with pytest.raises(BadConfig):
        guard.addresses("shop.test", 80, False)
    assert guard.addresses("shop.test", 443, True) == ("8.8.8.8",)


def test_plain_http_can_be_allowed_for_all() -> None:
    guard = AddressGuard(HttpRules(allow_http=True), leads_to("8.8.8.8"))
    guard.check("http://shop.test/")
    assert guard.addresses("shop.test", 80, False) == ("8.8.8.8",)


def test_other_ports_and_private_networks_can_be_opened_by_name() -> None:
    rules = HttpRules(ports=(443, 8443), networks=("10.1.0.0/16",))
    guard = AddressGuard(rules, leads_to("10.1.2.3"))
    guard.check("https://erp.internal:9000/")
    assert guard.addresses("erp.internal", 9000, True)
    with pytest.raises(BadConfig):
        AddressGuard(rules, leads_to("10.2.0.1")).addresses("erp", 443, True)
    with pytest.raises(BadConfig):
        AddressGuard(rules, leads_to("8.8.8.8")).addresses("shop", 9000, True)
    assert AddressGuard(rules, leads_to("8.8.8.8")).addresses("shop", 8443, True)


def test_the_environments_proxy_is_not_used(
    listen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, proxy = listen(), listen()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    assert shop.http().get("products").status == 200
    assert proxy.connections == 0


def test_the_next_address_is_tried_where_the_first_takes_no_connections(
    listener: Any,
) -> None:
    http = Http(
        base_url=f"http://two.test:{listener.port}",
        auth=NoAuth(),
        meter=FreeMeter(),
        rules=HttpRules(allow_loopback=True),
        resolver=leads_to("127.0.0.2", "127.0.0.1"),
    )
    assert http.get("products").status == 200


def test_an_idle_connection_is_not_trusted_for_long() -> None:
    assert 0 < connections.IDLE_FOR < 5
