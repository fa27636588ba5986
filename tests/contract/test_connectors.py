"""What every connector promises before a single call: its declaration and its maps."""

from __future__ import annotations

import copy
import json
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

import pytest

from integration.canonical.codec import fingerprint
from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.contract.connector import Connector
from integration.contract.mapping import Context, FieldMap
from integration.http.body import parse
from tests.contract.cases import Row, Write, reading, rows, writing, written
from tests.contract.subject import connectors, fixtures, subject

TYPES = {"text", "secret", "bool", "int", "choice", "url"}
# `manage.py connect` has these options itself.
TAKEN = {"platform", "tenant", "tenant_name", "label", "no_sync", "verbosity"}
ALL = connectors()
ROWS = [row for connector in ALL for row in rows(connector)]
WRITTEN = [write for connector in ALL for write in written(connector)]
every_connector = pytest.mark.parametrize("connector", ALL, ids=lambda each: each.key)
every_row = pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row.connector.key}-{row.path.name}" for row in ROWS]
)
every_write = pytest.mark.parametrize(
    "write", WRITTEN, ids=[f"{each.connector.key}-{each.path.name}" for each in WRITTEN]
)


def maps(connector: Connector) -> Iterator[FieldMap[Any]]:
    """Every map of a connector, those inside others left out."""
    for stream in connector.streams:
        yield from stream.maps
    for writes in connector.writes.values():
        yield writes.map


def inner(fieldmap: FieldMap[Any]) -> Iterator[FieldMap[Any]]:
    """The maps that a map's rules apply to what is inside."""
    for rule in fieldmap.rules.values():
        for function in getattr(rule, "functions", ()):
            found = getattr(function, "__self__", None)
            if isinstance(found, FieldMap):
                yield found
                yield from inner(found)


# --- 1: who it is ---------------------------------------------------------------------


@every_connector
def test_a_connector_says_who_it_is_and_what_it_asks_for(connector: Connector) -> None:
    folder = fixtures(connector.key).parents[3] / "connectors" / connector.key
    assert (folder / "__init__.py").is_file()
    assert connector.label
    names = [field.name for field in connector.fields]
    assert len(set(names)) == len(names)
    assert not TAKEN & set(names)
    assert any(field.secret for field in connector.fields)
    for field in connector.fields:
        assert field.label
        assert field.name.isidentifier()
        assert field.type in TYPES
        assert (field.type == "choice") == bool(field.choices)
        assert field.default is None or not field.secret


@every_connector
def test_a_connector_names_its_account_and_address_from_settings_alone(
    connector: Connector,
) -> None:
    settings = subject(connector.key).settings("http://127.0.0.1/sample")
    assert set(settings) <= {field.name for field in connector.fields}
    assert connector.account(settings)
    assert connector.account(settings) == connector.account(dict(settings))
    assert connector.base_url(settings).startswith("http")
    assert len({stream.key for stream in connector.streams}) == len(connector.streams)
    assert bool(connector.streams) == (connector.reader is not None)
    assert bool(connector.writes) == (connector.writer is not None)


# --- 2: maps and fixtures -------------------------------------------------------------


@every_connector
def test_every_kind_read_has_a_map_and_a_fixture(connector: Connector) -> None:
    seen = {
        record["kind"]
        for row in rows(connector)
        for record in json.loads(row.golden.read_text())
    }
    declared = {str(kind) for stream in connector.streams for kind in stream.kinds}
    assert declared - seen == set()
    for stream in connector.streams:
        assert bool(stream.maps) != bool(connector.whole_of(stream)), stream.key


@every_connector
def test_every_kind_written_has_a_map_and_a_fixture(connector: Connector) -> None:
    seen = {write.kind for write in written(connector)}
    assert set(connector.writes) - seen == set()
    assert all(writes.map.rules for writes in connector.writes.values())


# --- 3 and 4: golden files, and nothing else changed ----------------------------------


@every_row
def test_a_row_becomes_what_the_golden_file_says(row: Row) -> None:
    assert row.shown() == parse(row.golden.read_bytes())


@every_write
def test_a_record_is_sent_as_the_golden_file_says(write: Write) -> None:
    assert write.shown() == parse(write.golden.read_bytes())


@every_row
def test_reading_leaves_the_row_as_it_was_and_says_the_same_twice(row: Row) -> None:
    source = row.source()
    before = copy.deepcopy(source)
    first, second = (row.records(reading(row.connector), source) for _ in range(2))
    assert source == before
    assert [fingerprint(record) for record in first] == [
        fingerprint(record) for record in second
    ]


@every_write
def test_writing_leaves_the_record_as_it_was_and_says_the_same_twice(
    write: Write,
) -> None:
    record = write.record()
    before = copy.deepcopy(record)
    context = writing(write.connector)
    first, second = (write.writes.map(record, context) for _ in range(2))
    assert record == before
    assert first == second


# --- 5: what must be filled -----------------------------------------------------------


def required(target: type[Record]) -> list[Field[Any]]:
    """The fields a record cannot be made without."""
    return [
        each
        for each in fields(target)
        if each.default is MISSING and each.default_factory is MISSING
    ]


def may_be_empty(target: type[Record], name: str) -> bool:
    """Whether None is one of the values a field is meant to hold."""
    hint = get_type_hints(target)[name]
    is_union = get_origin(hint) in (Union, types.UnionType)
    return is_union and type(None) in get_args(hint)


@every_connector
def test_every_required_field_has_a_rule(connector: Connector) -> None:
    for fieldmap in maps(connector):
        for each in (fieldmap, *inner(fieldmap)):
            if each.target is not dict:
                missing = {one.name for one in required(each.target)} - set(each.rules)
                assert missing == set(), each.target


@every_row
def test_every_required_field_is_filled(row: Row) -> None:
    for record in row.records(reading(row.connector)):
        for each in required(type(record)):
            value = getattr(record, each.name)
            empty = value is None or value == ""
            assert not empty or may_be_empty(type(record), each.name), each.name


# --- 12: what a map reads -------------------------------------------------------------


class Watching(Context):
    """A context that notes what is asked of it."""

    asked: ClassVar[set[str]] = set()

    def setting(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().setting(name, default)


def asked(fieldmap: FieldMap[Any], source: Any, context: Context) -> set[str]:
    """The settings and facts a map looks for over one source."""
    Watching.asked.clear()
    known = {each.name: getattr(context, each.name) for each in fields(Context)}
    watching = Watching(**known)
    fieldmap.records(source, watching)
    return set(Watching.asked)


@every_row
def test_reading_looks_at_no_setting_it_does_not_declare(row: Row) -> None:
    context = reading(row.connector)
    for fieldmap in row.stream.maps:
        found = asked(fieldmap, row.source(), context)
        assert found - set(fieldmap.uses) == set(), fieldmap.target


@every_write
def test_writing_looks_at_no_setting_it_does_not_declare(write: Write) -> None:
    fieldmap = write.writes.map
    found = asked(fieldmap, write.record(), writing(write.connector))
    assert found - set(fieldmap.uses) == set()


@every_connector
def test_a_map_declares_what_the_maps_inside_it_use(connector: Connector) -> None:
    for fieldmap in maps(connector):
        for each in inner(fieldmap):
            assert set(each.uses) <= set(fieldmap.uses), each.target


@every_connector
def test_every_fixture_belongs_to_a_promise(connector: Connector) -> None:
    known = {path for row in rows(connector) for path in (row.path, row.golden)}
    known |= {
        path for write in written(connector) for path in (write.path, write.golden)
    }
    there: set[Path] = set(fixtures(connector.key).glob("*.json"))
    assert there - known == set()
    assert {Kind(path.name.partition("__")[0]) for path in known}
