"""How the lists of a connector hang together: parts, lookups, and what comes first."""

from __future__ import annotations

import pytest

from integration.canonical.kinds import Kind
from integration.contract.connector import Connector
from tests.contract.subject import connectors

every_connector = pytest.mark.parametrize(
    "connector", connectors(), ids=lambda each: each.key
)


@every_connector
def test_a_part_makes_nothing_of_its_own_and_is_one_list_s(
    connector: Connector,
) -> None:
    for whole in connector.streams:
        for name in whole.parts:
            part = connector.stream(name)
            assert not part.maps, name
            assert not part.lookup, name
            assert connector.whole_of(part) is whole, name


@every_connector
def test_a_list_of_entries_makes_nothing_else(connector: Connector) -> None:
    for stream in connector.streams:
        assert bool(stream.lookup) == (Kind.LOOKUP in stream.all_kinds), stream.key
        assert not stream.lookup or stream.all_kinds == (Kind.LOOKUP,), stream.key


@every_connector
def test_a_list_comes_after_those_that_fill_the_tables_its_maps_name(
    connector: Connector,
) -> None:
    tables = connector.tables()
    for stream in connector.streams:
        for fieldmap in stream.maps:
            filled_by = {tables[table].key for table in fieldmap.lookups}
            assert filled_by <= set(stream.after), stream.key
