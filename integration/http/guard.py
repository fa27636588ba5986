"""Which addresses may be called: the guard against being sent to internal systems.

A merchant types a shop's address, and a name may lead anywhere. So the name is looked
up once, every address it has must be fit, and the connection goes to that very address
while `Host`, the TLS server name and the certificate check keep the name.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from integration.errors import BadConfig
from integration.http.redact import address as shown
from integration.http.rules import HttpRules

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Name and port in, addresses out; raises OSError when the name is unknown."""

_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Python 3.11 calls these global; none of them is a host on the open internet.
_UNFIT = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
# 2130706433, 0x7f.1 and 0177.0.0.1 are addresses too, to the system's look-up.
_NUMERIC = re.compile(r"(?i)(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?")


def system_resolver(host: str, port: int) -> Sequence[str]:
    """What the operating system knows of the name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(ip: Address) -> bool:
    """Whether this is a host on the open internet, read through every disguise."""
    if isinstance(ip, IPv6Address):
        inner = _inside(ip)
        if inner is not None:
            return is_public(inner)
        if ip not in _GLOBAL_V6:
            return False
    return ip.is_global and not any(ip in network for network in _UNFIT)


def is_loopback(ip: Address) -> bool:
    """Whether this is the machine itself."""
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback


def _inside(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address a translated IPv6 address leads to."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


class AddressGuard:
    """Decides on a URL before the call and on its addresses before the connection."""

    def __init__(self, rules: HttpRules, resolver: Resolver = system_resolver) -> None:
        self._rules = rules
        self._resolver = resolver
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(network) for network in rules.networks
        ]

    def check(self, url: str) -> None:
        """Refuse a URL whose form alone is wrong. Raises BadConfig."""
        parts = self._split(url)
        if parts.username is not None or parts.password is not None:
            raise _refused(url, "It holds a user name.", "Give the address without it.")
        host = parts.hostname or ""
        if not host:
            hint = "Give the full address of the shop."
            raise _refused(url, "It names no host.", hint)
        if _NUMERIC.fullmatch(host) and not _is_plain(host):
            raise _refused(url, "It hides a number as its host.", "Give its name.")
        self._check_scheme(url, parts.scheme, host)
        if not _may_be_local(host) or not self._rules.allow_loopback:
            self._check_port(url, parts)

    def addresses(self, host: str, port: int, secure: bool) -> Sequence[str]:
        """Look the name up, once, and give its addresses; every one must be fit.

        `secure` is whether the connection will be encrypted. Raises BadConfig for an
        unfit address, OSError for an unknown name.
        """
        found = self._resolver(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        known = [ip_address(address) for address in found]
        for ip in known:
            self._check_address(host, port, ip)
        local = all(is_loopback(ip) for ip in known)
        if not secure and not self._rules.allow_http and not local:
            raise _plain(host)
        return found

    def _check_address(self, host: str, port: int, ip: Address) -> None:
        if is_loopback(ip) and self._rules.allow_loopback:
            return
        if any(ip in network for network in self._networks):
            return
        if not is_public(ip):
            raise _refused(
                host,
                "It leads into a private or reserved network.",
                "Give an address on the open internet, or let whoever runs this "
                "installation allow that network.",
            )
        if port not in self._rules.ports:
            raise self._wrong_port(host, port)

    def _check_scheme(self, url: str, scheme: str, host: str) -> None:
        if scheme == "https" or (scheme == "http" and self._rules.allow_http):
            return
        if scheme == "http" and self._rules.allow_loopback:
            return  # the look-up decides whether it really is this machine
        if scheme == "http":
            raise _plain(url)
        raise _refused(url, "It is no web address.", "It begins with https://")

    def _check_port(self, url: str, parts: SplitResult) -> None:
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = usual if parts.port is None else parts.port
        if port not in self._rules.ports and not self._networks:
            raise self._wrong_port(url, port)

    def _wrong_port(self, url: str, port: int) -> BadConfig:
        allowed = ", ".join(str(number) for number in self._rules.ports)
        return _refused(url, f"It uses port {port}.", f"Allowed are {allowed}.")

    @staticmethod
    def _split(url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            raise _refused(
                url, "It cannot be read.", "Check it for typing errors."
            ) from None
        # A "#" would cut off what follows, a "\\" is a "/" to some and not to others.
        if any(letter in "#\\" or letter <= " " for letter in url):
            raise _refused(url, "It cannot be read.", "Check it for typing errors.")
        return parts


def _is_plain(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _may_be_local(host: str) -> bool:
    """Whether the port is judged only once the address is known to be loopback."""
    try:
        return is_loopback(ip_address(host))
    except ValueError:
        return True


def _refused(url: str, what: str, hint: str) -> BadConfig:
    message = f"The address {shown(url)} was not called. {what}"
    return BadConfig("base_url", message, code="address_refused", hint=hint)


def _plain(url: str) -> BadConfig:
    return _refused(
        url,
        "It is not encrypted.",
        "Use the https address, or let whoever runs this installation allow http.",
    )
