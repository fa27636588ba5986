"""A session that ends is opened anew; a wrong password or a strange page stops."""

from __future__ import annotations

from typing import Any

from tests.depot_and_shop import Depot

REFUSED = "sync/itemimages$"


def test_a_session_that_ends_midway_costs_one_sign_in(pantry: Depot) -> None:
    merchant = pantry.in_step()
    pantry.galaxy.do("change_price", id=pantry.plain()[0]["ID"], price="8.00")
    pantry.road.read(merchant.crystal, "itembalances")
    pantry.galaxy.do("expire_sessions")
    before = pantry.galaxy.ledger("logins")
    pantry.wait(hours=2)
    assert pantry.galaxy.ledger("logins") == before + 1
    assert pantry.product(pantry.plain()[0])["regular_price"] == "8.00"
    assert merchant.reload().crystal.health == "healthy"
    assert merchant.errors() == []
    assert pantry.galaxy.calls("/auth/logout") == []


def test_who_is_refused_again_is_paused_after_one_sign_in(
    pantry: Depot, mailoutbox: list[Any]
) -> None:
    merchant = pantry.in_step()
    before = pantry.galaxy.ledger("logins")
    pantry.galaxy.fault("status", REFUSED, status=403, times=-1)
    pantry.wait(hours=2)
    assert pantry.galaxy.ledger("logins") == before + 1
    assert len(pantry.galaxy.calls("itemimages")) == 2
    assert merchant.reload().crystal.health == "needs_reauth"
    assert len(mailoutbox) == 1


def test_a_wrong_password_is_tried_once(pantry: Depot, mailoutbox: list[Any]) -> None:
    merchant = pantry.in_step()
    merchant.crystal.secrets = {**merchant.crystal.secrets, "password": "wrong"}
    merchant.crystal.save()
    for _ in range(3):
        pantry.wait(hours=6)
    assert pantry.galaxy.ledger("logins_refused") == 1
    assert merchant.reload().crystal.health == "needs_reauth"
    assert len(mailoutbox) == 1
    assert pantry.galaxy.ledger("passwords_in_address") == 0


def test_a_page_in_place_of_data_is_never_an_empty_list(pantry: Depot) -> None:
    merchant = pantry.in_step()
    before = pantry.road.shelf()
    marks = {
        name: pantry.mark(merchant.crystal, name) for name in ("items", "itemimages")
    }
    pantry.galaxy.do("set_settings", proxy_page=True)
    for _ in range(2):
        pantry.wait(days=1)
    assert pantry.road.shelf() == before
    assert {error.code for error in merchant.errors()} == {"page_instead_of_data"}
    assert {error.field for error in merchant.errors()} == {"base_url"}
    assert {name: pantry.mark(merchant.crystal, name) for name in marks} == marks
    pantry.galaxy.do("set_settings", proxy_page=False)
    pantry.wait(days=1)
    assert merchant.errors() == []
    assert pantry.road.shelf() == before
