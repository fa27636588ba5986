"""How a connection is, in words: what its state means and what happens next."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.contract.connector import Connector
from integration.engine import setting_up
from integration.engine.freshness import Fresh
from integration.models import Connection, Health, Run

SETTING_UP, SYNCING, LATE = "setting_up", "syncing", "late"


def state(
    connection: Connection, lists: Sequence[Fresh], on: int, syncing: bool
) -> str:
    """The word of the glossary a connection stands under."""
    if connection.health != Health.HEALTHY and not setting_up.untested(connection):
        return str(connection.health)
    if not on:
        return SETTING_UP
    if any(each.late for each in lists):
        return LATE
    return SYNCING if syncing else str(connection.health)


def words(
    connection: Connection, state: str, lists: Sequence[Fresh], syncing: Run | None
) -> str:
    """What a state means, and what happens next."""
    if state == SYNCING and syncing is not None:
        read = ngettext(
            "A full sync runs: %(count)s row so far.",
            "A full sync runs: %(count)s rows so far.",
            syncing.read,
        )
        return read % {"count": f"{syncing.read:,}"}
    if state == LATE:
        late = sum(each.late for each in lists)
        told = ngettext(
            "%(count)s list was not read when it was due.",
            "%(count)s lists were not read when they were due.",
            late,
        )
        return told % {"count": late}
    if state == Health.TROUBLE and connection.circuit_until:
        at = timezone.localtime(connection.circuit_until)
        return _("It does not answer. Weft tries again by itself at %(time)s.") % {
            "time": f"{at:%H:%M}"
        }
    return _standing(connection, state)


def _standing(connection: Connection, state: str) -> str:
    told = {
        SETTING_UP: _("Nothing flows through it yet: go on setting it up.")
        if not setting_up.untested(connection)
        else _("It was never tested: go on setting it up."),
        Health.HEALTHY: _("All its lists were read when they were due."),
        Health.TROUBLE: _("Some calls fail. Weft tries again by itself."),
        Health.NEEDS_REAUTH: _(
            "It refuses Weft's credentials. Nothing is read or written until you give "
            "new ones; what waits is kept."
        ),
        Health.PAUSED: _("A person paused it. What is owed waits until it goes on."),
        Health.DISCONNECTED: _(
            "Nothing is read or written. Its links are kept: connect the same account "
            "again, and it goes on where it was."
        ),
    }
    return told.get(state, "")


def hooks(connection: Connection, connector: Connector | None, on: int) -> str:
    """How Weft hears of changes there."""
    if connector is None or (
        connector.webhooks is None and connector.app_webhooks is None
    ):
        return _("The platform has none: Weft looks by the clock.")
    if connector.webhooks is None:
        return _("They come through this installation's app.")
    if connection.webhooks_checked_at is None:
        return _("Not registered: Weft looks by the clock.") if on else "–"
    return _("Registered.")
