"""What every connector promises over its platform's sandbox: reading and writing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.canonical.kinds import FACETS, Kind
from integration.contract.connector import Connector, CursorType, Repeat
from integration.contract.messages import Page, Raw, Wanted
from tests.contract.subject import connectors, subject
from tests.contract.world import World, attempt

ALL = connectors()
LISTS = [
    (connector, stream)
    for connector in ALL
    for stream in subject(connector.key).lists
    if connector.reader is not None
]
KINDS = [(connector, kind) for connector in ALL for kind in connector.writes]
every_list = pytest.mark.parametrize(
    ("connector", "stream"),
    LISTS,
    ids=[f"{connector.key}-{stream}" for connector, stream in LISTS],
)
every_kind = pytest.mark.parametrize(
    ("connector", "kind"),
    KINDS,
    ids=[f"{connector.key}-{kind}" for connector, kind in KINDS],
)


def rows(pages: Iterator[Page]) -> list[Raw]:
    """All rows of a read."""
    return [raw for page in pages for raw in page.items]


def ids(raws: list[Raw]) -> set[str]:
    return {raw.external_id for raw in raws}


@pytest.mark.parametrize("connector", ALL, ids=lambda each: each.key)
def test_the_platform_has_a_subject_that_tries_all_it_declares(
    connector: Connector,
) -> None:
    told = subject(connector.key)
    assert set(told.samples) == set(connector.writes)
    assert set(told.lists) <= {stream.key for stream in connector.streams}
    by_time = [each for each in connector.streams if each.cursor == CursorType.TIME]
    assert {stream.key for stream in by_time} <= set(told.lists)
    assert (told.call is None) == (connector.webhooks is None)


@pytest.mark.parametrize("connector", ALL, ids=lambda each: each.key)
def test_the_connection_test_passes_and_changes_nothing(
    connector: Connector, world: World
) -> None:
    before = world.ledger()
    findings = list(connector.probe(world.client()))
    assert findings
    assert [finding.stage for finding in findings if not finding.ok] == []
    after = world.ledger()
    for moved in world.subject.moved:
        del before[moved], after[moved]
    assert after == before


# --- 6: nothing is lost when a read is interrupted ------------------------------------


@every_list
@pytest.mark.parametrize("changes", [False, True], ids=["everything", "changed"])
def test_a_read_goes_on_where_its_last_stored_page_ended(
    connector: Connector, stream: str, changes: bool, world: World
) -> None:
    world.subject.fill(world)
    since = world.subject.since if changes else None
    whole = list(world.reader().read(stream, since, None))
    assert len(whole) >= 3, "fill the list so that it takes several pages"
    assert whole[-1].resume is None
    wanted = ids(rows(iter(whole)))
    for stop in range(1, len(whole)):
        stored = whole[:stop]
        rest = rows(world.reader().read(stream, since, stored[-1].resume))
        assert ids(rows(iter(stored))) | ids(rest) == wanted


@every_list
def test_what_changes_while_a_read_is_interrupted_is_seen_by_it_or_by_the_next(
    connector: Connector, stream: str, world: World
) -> None:
    world.subject.fill(world)
    reader = world.reader().read(stream, world.subject.since, None)
    first = next(reader)
    touched, text = world.subject.touch(world, stream)
    rest = list(world.reader().read(stream, world.subject.since, first.resume))
    mark = rest[-1].mark
    later = rows(world.reader().read(stream, mark, None))
    states = [
        raw.body or b""
        for raw in (*rows(iter(rest)), *later)
        if raw.external_id == touched
    ]
    assert any(text.encode() in body for body in states)


@every_list
def test_a_row_has_an_id_of_its_own_and_is_json(
    connector: Connector, stream: str, world: World
) -> None:
    world.subject.fill(world)
    found = rows(world.reader().read(stream, None, None))
    assert all(raw.external_id for raw in found)
    assert all(raw.body and raw.body[:1] == b"{" for raw in found)


# --- 7: what is asked for -------------------------------------------------------------


@every_list
def test_fetching_gives_what_was_asked_and_leaves_out_what_is_not_there(
    connector: Connector, stream: str, world: World
) -> None:
    if not connector.stream(stream).fetchable:
        pytest.skip("its rows are read in the whole list alone")
    world.subject.fill(world)
    there = sorted(ids(rows(world.reader().read(stream, None, None))))
    asked = [there[0], there[-1], world.subject.absent]
    found = ids(list(world.reader().fetch(stream, asked)))
    assert {there[0], there[-1]} <= found
    assert world.subject.absent not in found


# --- 8: once --------------------------------------------------------------------------


@every_kind
def test_what_was_written_is_there_once(
    connector: Connector, kind: Kind, world: World
) -> None:
    record, outgoing = world.outgoing(kind)
    before = world.count(kind)
    [outcome], failure = attempt(world.writer(), kind, [outgoing])
    assert failure is None
    assert outcome.uid == outgoing.uid
    outcome = world.shown(kind, outcome)
    assert outcome.external_id
    assert world.count(kind) == before + (kind not in FACETS)
    if kind in FACETS:
        return
    wanted = [Wanted(outgoing.uid, record)]
    found = list(world.writer().find(kind, wanted))
    if connector.writes[kind].repeat == Repeat.NEVER:
        assert found == []
    else:
        assert [one.external_ids for one in found] == [(outcome.external_id,)]


@every_kind
def test_nothing_is_found_of_what_was_never_written(
    connector: Connector, kind: Kind, world: World
) -> None:
    record, outgoing = world.outgoing(kind)
    if kind not in FACETS:
        wanted = [Wanted(outgoing.uid, record)]
        assert list(world.writer().find(kind, wanted)) == []


@every_kind
def test_what_may_not_be_found_by_its_key_is_found_by_our_mark_alone(
    connector: Connector, kind: Kind, world: World
) -> None:
    """A route names the keys it goes by; the others must not lead anywhere."""
    record, outgoing = world.outgoing(kind)
    if not record.keys():
        return
    [outcome], _ = attempt(world.writer(), kind, [outgoing])
    world.shown(kind, outcome)
    wanted = [Wanted("of-nobody", record, by=("another",))]
    assert list(world.writer().find(kind, wanted)) == []


@every_kind
def test_the_same_intent_twice_makes_one_thing(
    connector: Connector, kind: Kind, world: World
) -> None:
    """As the engine repeats: what is found is linked, a facet is written again."""
    record, outgoing = world.outgoing(kind)
    [first], failure = attempt(world.writer(), kind, [outgoing])
    assert failure is None
    first = world.shown(kind, first)
    held = world.count(kind)
    if kind in FACETS:
        [again], failure = attempt(world.writer(), kind, [outgoing])
        assert failure is None
        assert again.external_id == first.external_id
    else:
        wanted = [Wanted(outgoing.uid, record)]
        found = list(world.writer().find(kind, wanted))
        declared = connector.writes[kind].repeat == Repeat.FIND
        assert bool(found) == declared
    assert world.count(kind) == held


REPEATED_BY_SETTING = [
    (connector, kind)
    for connector, kind in KINDS
    if connector.writes[kind].repeat_setting
]


@pytest.mark.parametrize(
    ("connector", "kind"),
    REPEATED_BY_SETTING,
    ids=[f"{connector.key}-{kind}" for connector, kind in REPEATED_BY_SETTING],
)
def test_without_the_setting_it_needs_nothing_is_claimed_to_be_found(
    connector: Connector, kind: Kind, world: World
) -> None:
    record, outgoing = world.outgoing(kind)
    off = {connector.writes[kind].repeat_setting: False}
    writer = world.writer(world.client(**off))
    [_], failure = attempt(writer, kind, [outgoing])
    assert failure is None
    assert list(writer.find(kind, [Wanted(outgoing.uid, record)])) == []
