"""Connections: kept, not shared, and never without a valid certificate."""

from __future__ import annotations

import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration.errors import BadConfig, Transient
from integration.http.auth import BasicAuth
from integration.http.client import Http
from integration.http.connections import IDLE_FOR
from integration.http.guard import system_resolver
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules
from integration.http.sessions import LINES_PER_THREAD, line

NOW = datetime.now(UTC)


class Signer(NamedTuple):
    """A certificate authority of our own."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: Signer,
    *,
    host: str = "",
    ends: datetime = NOW + timedelta(days=1),
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=not host, path_length=None), True)
    )
    if host:
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        builder = builder.add_extension(names, False)
    signed = builder.sign(signer.key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


class Authority:
    """Makes servers' certificates, and the file that says whom to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signer = Signer(named("trusted"), ec.generate_private_key(ec.SECP256R1()))
        self.file = folder / "authority.pem"
        self.file.write_bytes(
            certificate(self._signer.name, self._signer.key, self._signer)
        )

    def server(
        self,
        host: str = "shop.test",
        *,
        self_signed: bool = False,
        ends: datetime = NOW + timedelta(days=1),
    ) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = Signer(named(host), key) if self_signed else self._signer
        pem = certificate(named(host), key, signer, host=host, ends=ends)
        file = self._folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + pem
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def secure_door(server: Any, authority: Authority | None) -> Http:
    return Http(
        base_url=f"https://shop.test:{server.port}",
        auth=BasicAuth("ck_user", "cs_password"),
        meter=FreeMeter(),
        rules=HttpRules(
            allow_loopback=True,
            connect_timeout=45,
            ca_file=str(authority.file) if authority else "",
        ),
        resolver=lambda host, port: ["127.0.0.1"],
    )


def test_a_checked_address_is_greeted_by_its_name(
    listen: Any, authority: Authority
) -> None:
    greeted: list[str | None] = []
    context = authority.server()
    context.sni_callback = lambda sock, name, ctx: greeted.append(name)
    server = listen(context)
    assert secure_door(server, authority).get("products").status == 200
    assert greeted == ["shop.test"]
    assert server.seen[0].headers["Host"] == f"shop.test:{server.port}"


@pytest.mark.parametrize(
    "flaw",
    [
        {"self_signed": True},
        {"host": "other.test"},
        {"ends": NOW - timedelta(days=1)},
    ],
    ids=["self-signed", "another host's", "expired"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_certificate_that_does_not_hold_is_refused_before_anything_is_sent(
    listen: Any, authority: Authority, flaw: dict[str, Any], method: str
) -> None:
    server = listen(authority.server(**flaw))
    with pytest.raises(BadConfig) as refused:
        secure_door(server, authority).request(method, "products")
    assert refused.value.code == "bad_certificate"
    assert server.seen == []


def test_an_authority_nobody_named_is_not_trusted(
    listen: Any, authority: Authority
) -> None:
    server = listen(authority.server())
    with pytest.raises(BadConfig):
        secure_door(server, None).get("products")
    assert server.seen == []


def test_verification_stays_on_for_whoever_asks_for_none(
    listen: Any, authority: Authority
) -> None:
    server = listen(authority.server(self_signed=True))
    door = secure_door(server, authority)
    session = line(door.account, door.rules, door.resolver).session
    line(door.account, door.rules, door.resolver).progress.begin(1e12, 60)
    session.verify = False
    with pytest.raises(OSError, match="certificate verify failed"):
        session.get(f"{door.base_url}/products", timeout=60)
    assert server.seen == []


def test_tls_older_than_1_2_is_not_spoken() -> None:
    adapter = line("tls", HttpRules(), system_resolver).adapter
    request = requests.Request("GET", "https://shop.test/").prepare()
    _, pool = adapter.build_connection_pool_key_attributes(request, verify=False)
    context = pool["ssl_context"]
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_server_that_speaks_no_tls_is_transient_even_for_a_write(
    listener: Any,
) -> None:
    with pytest.raises(Transient):
        secure_door(listener, None).post("orders", json={})
    assert listener.seen == []


def test_calls_of_one_thread_share_a_connection(listener: Any) -> None:
    begun = time.monotonic()
    for _ in range(5):
        listener.http().get("products")
    # One that was idle for too long, for the machine stood still, is opened anew.
    idle = (time.monotonic() - begun) // IDLE_FOR
    assert 1 <= listener.connections <= 1 + idle


def test_threads_share_no_connection(listener: Any) -> None:
    threads = [
        threading.Thread(target=lambda: listener.http().get("products"))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert listener.connections == 3


def test_accounts_share_no_session() -> None:
    one = line("one", HttpRules(), system_resolver)
    assert line("one", HttpRules(), system_resolver) is one
    assert line("two", HttpRules(), system_resolver) is not one


def test_a_thread_keeps_few_sessions_open() -> None:
    first = line("first", HttpRules(), system_resolver)
    for number in range(LINES_PER_THREAD):
        line(f"account {number}", HttpRules(), system_resolver)
    assert line("first", HttpRules(), system_resolver) is not first


def test_a_connection_closed_by_the_platform_is_opened_anew(
    listener: Any, say: Any
) -> None:
    listener.answers = [say(Connection="close")]
    for _ in range(2):
        assert listener.http().post("orders", json={}).status == 200
    assert listener.connections == 2


def test_cookies_of_a_platform_are_not_kept(listener: Any, say: Any) -> None:
    listener.answers = [say(Set_Cookie="session=abc; Path=/")]
    listener.http().get("products")
    listener.http().get("products")
    assert "Cookie" not in listener.seen[1].headers


def test_an_upload_may_take_longer_than_a_connection(listen: Any) -> None:
    listener = listen()
    listener.before_body = lambda: time.sleep(3)
    reply = listener.http(connect_timeout=2.5).post("media", json=["x" * 9_000_000])
    assert reply.status == 200
    assert len(listener.seen[0].body) == 9_000_004
