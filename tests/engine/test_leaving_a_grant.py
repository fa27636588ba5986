"""A connection that leaves takes its consent along, unless others live on it."""

from __future__ import annotations

import pytest

from integration.engine import connect
from integration.models import Connection, Consent, Grant
from tests.little import Little

pytestmark = pytest.mark.django_db


def test_the_last_connection_takes_the_consent_back(little: Little) -> None:
    connection = little.connect(little.grant())
    refresh = Grant.everywhere.get().secrets["refresh"]
    assert connect.disconnect(connection) == ""
    assert little.identity.revoked == [refresh]
    assert not Grant.everywhere.exists()
    assert not Consent.everywhere.exists()
    left = Connection.everywhere.get()
    assert (left.health, left.grant, left.secrets) == ("disconnected", None, {})


def test_another_connection_keeps_the_consent(little: Little) -> None:
    grant = little.grant()
    leaving, staying = (little.connect(grant, each) for each in ("a-1", "b-2"))
    assert connect.disconnect(leaving) == ""
    assert little.identity.revoked == []
    assert little.http(staying).get("things").status == 200
    connect.disconnect(Connection.everywhere.get(pk=staying.pk))
    assert len(little.identity.revoked) == 1
    assert not Grant.everywhere.exists()


def test_a_consent_that_cannot_be_taken_back_is_told_and_forgotten(
    little: Little,
) -> None:
    connection = little.connect(little.grant())
    little.fault("status", "revoke", times=-1, status=500)
    left = connect.disconnect(connection)
    assert "could not be taken back" in left
    assert "by hand" in left or "500" in left
    assert Connection.everywhere.get().problem == left
    assert not Grant.everywhere.exists()


def test_an_ended_consent_is_not_taken_back_again(little: Little) -> None:
    connection = little.connect(little.grant())
    Grant.everywhere.update(dead=True)
    assert connect.disconnect(Connection.everywhere.get(pk=connection.pk)) == ""
    assert little.identity.revoked == []
    assert not Grant.everywhere.exists()


def test_a_removed_connection_s_grant_may_serve_another(little: Little) -> None:
    grant = little.grant()
    gone, staying = (little.connect(grant, each) for each in ("a-1", "b-2"))
    gone.delete()
    assert little.http(staying).get("things").status == 200
