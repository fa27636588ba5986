"""The door pictures are fetched at: who gets one, what it is sent as, and when not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from integration.canonical.catalog import PICTURE, Image, Product
from integration.engine import pictures
from integration.models import CallUsage, Connection, Health, Link
from tests.depot_and_shop import Depot

if TYPE_CHECKING:
    from integration.models import Tenant

PNG = b"\x89PNG\r\n\x1a\n"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def galaxy(depot: Depot, tenant: Tenant) -> Connection:
    """An account at Galaxy."""
    connection = depot.connect(tenant)
    depot.forget()
    return connection


def address(connection: Connection, picture_id: str, key: str = "1") -> str:
    """The path of a picture, as a shop is told it."""
    image = Image(key=key, url=f"{PICTURE}{picture_id}")
    product = Product(external_id="1", title="Cup", images=(image,))
    seen: Any = pictures.reachable(product, Link(connection=connection))
    return urlsplit(seen.images[0].url).path


def first(depot: Depot, connection: Connection) -> str:
    """The path of Galaxy's first picture."""
    return address(connection, depot.rows("itemimages")[0]["ID"])


def asked(depot: Depot) -> int:
    """How many calls Galaxy got."""
    return len(depot.galaxy.calls())


# --- What is handed out -------------------------------------------------------------


def test_a_shop_gets_the_picture_to_keep(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    answer = client.get(first(depot, galaxy))
    assert answer.status_code == 200
    assert answer.content.startswith(PNG)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert len(depot.galaxy.calls("/itemimage/")) == 1


def test_its_calls_are_counted(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    client.get(first(depot, galaxy))
    usage = CallUsage.everywhere.get(connection=galaxy)
    assert usage.calls == asked(depot)


def test_a_mere_look_tells_type_and_length(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    whole, head = (ask(first(depot, galaxy)) for ask in (client.get, client.head))
    assert head.content == b""
    assert head.headers["Content-Type"] == "image/png"
    assert head.headers["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_else_can_be_done_there(
    client: Client, depot: Depot, galaxy: Connection, method: str
) -> None:
    assert getattr(client, method)(first(depot, galaxy)).status_code == 405
    assert asked(depot) == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8L", "image/webp"),
    ],
)
def test_the_type_is_that_of_the_bytes(
    client: Client, tenant: Tenant, album: dict[str, bytes], body: bytes, kind: str
) -> None:
    album["1"] = body
    answer = client.get(address(at_album(tenant), "1"))
    assert (answer.content, answer.headers["Content-Type"]) == (body, kind)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><script>", b"<svg onload='x'/>", b"BM\x00", PNG + bytes(20_000_000)],
    ids=["nothing", "a page", "svg", "bmp", "too large"],
)
def test_what_is_no_picture_for_a_shop_is_404(
    client: Client, tenant: Tenant, album: dict[str, bytes], body: bytes
) -> None:
    album["1"] = body
    answer = client.get(address(at_album(tenant), "1"))
    assert answer.status_code == 404
    assert b"script" not in answer.content


def at_album(tenant: Tenant) -> Connection:
    return Connection.everywhere.create(
        tenant=tenant, platform="album", account="album", label="Album"
    )


# --- Who gets nothing ---------------------------------------------------------------


def test_an_address_weft_did_not_sign_is_404(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    right = first(depot, galaxy)
    *_, token, name = right.split("/")
    other = address(galaxy, depot.rows("itemimages")[1]["ID"], key="2").split("/")
    body = [galaxy.pk, depot.rows("itemimages")[1]["ID"], name]
    elsewhere = Signer(salt="elsewhere", sep=".").sign_object(body)
    unsigned = f"{other[2].partition('.')[0]}.{token.partition('.')[2]}"
    for forged in (
        f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/{name}",
        f"{token}/{other[3]}",
        f"{other[2]}/{name}",
        f"{unsigned}/{other[3]}",
        f"{elsewhere}/{name}",
        f"token/{name}",
        f"./{name}",
        f"é/{name}",
    ):
        assert client.get(f"/pictures/{forged}").status_code == 404, forged
    assert asked(depot) == 0
    assert client.get(right).status_code == 200


def test_a_connection_that_is_gone_gives_none(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    at = first(depot, galaxy)
    Connection.everywhere.filter(pk=galaxy.pk).update(health=Health.DISCONNECTED)
    assert client.get(at).status_code == 404
    galaxy.delete()
    assert client.get(at).status_code == 404
    assert asked(depot) == 0


def test_a_merchant_switched_off_gives_none(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    galaxy.tenant.active = False
    galaxy.tenant.save()
    assert client.get(first(depot, galaxy)).status_code == 404
    assert asked(depot) == 0


def test_a_picture_that_is_gone_is_404(client: Client, galaxy: Connection) -> None:
    assert client.get(address(galaxy, NOWHERE)).status_code == 404


def test_a_platform_that_has_no_pictures_gives_none(
    client: Client, depot: Depot, tenant: Tenant
) -> None:
    shop = depot.road.connect_shop(tenant)
    assert client.get(address(shop, "1")).status_code == 404


# --- When it comes later ------------------------------------------------------------


def test_a_platform_that_is_away_is_told_with_a_time(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    depot.galaxy.fault("status", "itemimage", status=500, times=-1)
    answer = client.get(first(depot, galaxy))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    depot.galaxy.heal()
    assert client.get(first(depot, galaxy)).status_code == 200


def test_a_platform_that_lets_nobody_in_is_told_alike(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    depot.galaxy.fault("status", "itemimage", status=403, times=-1)
    answer = client.get(first(depot, galaxy))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


@pytest.mark.parametrize("health", [Health.PAUSED, Health.NEEDS_REAUTH])
def test_a_stopped_connection_is_not_called(
    client: Client, depot: Depot, galaxy: Connection, health: str
) -> None:
    Connection.everywhere.filter(pk=galaxy.pk).update(health=health)
    assert client.get(first(depot, galaxy)).status_code == 503
    assert asked(depot) == 0


def test_a_platform_left_alone_is_not_called(
    client: Client, depot: Depot, galaxy: Connection
) -> None:
    until = timezone.now() + timedelta(minutes=20)
    Connection.everywhere.filter(pk=galaxy.pk).update(circuit_until=until)
    answer = client.get(first(depot, galaxy))
    assert answer.status_code == 503
    assert 1000 < int(answer.headers["Retry-After"]) <= 1200
    assert asked(depot) == 0


def test_a_spent_budget_is_told_with_a_time(
    client: Client, depot: Depot, tenant: Tenant
) -> None:
    galaxy = depot.connect(tenant, calls_per_hour=6)
    depot.forget()
    answers = [client.get(first(depot, galaxy)) for _ in range(7)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 503
    assert int(answers[-1].headers["Retry-After"]) > 600
    assert asked(depot) <= 6
