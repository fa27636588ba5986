"""Facts of an account (currency, tax mode): learned from its settings, told when they
change, since money would otherwise be misread in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from integration.canonical.kinds import Kind
from integration.canonical.shop import Setting
from integration.engine.detect import Bundle
from integration.engine.intake import Intake
from integration.models import Connection
from synclog import journal


def learn(intake: Intake, bundles: Sequence[Bundle]) -> None:
    """Keep the settings of a page on the connection instead of as records."""
    told: dict[str, str] = {}
    for bundle in bundles:
        for thing in bundle.things:
            if isinstance(thing, Setting):
                told[thing.external_id] = thing.value
        bundle.things = [t for t in bundle.things if t.kind != Kind.SETTING]
    if told:
        keep(intake.connection, told)


def keep(connection: Connection, told: Mapping[str, str]) -> None:
    """Store facts; one that differs from before is recorded and shown."""
    before = dict(connection.facts)
    changed = {name: value for name, value in told.items() if before.get(name) != value}
    if not changed:
        return
    connection.facts = {**before, **changed}
    Connection.everywhere.filter(pk=connection.pk).update(facts=connection.facts)
    for name, value in changed.items():
        if name in before:
            journal.fact_changed(connection, name, before[name], value)
