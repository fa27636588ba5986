"""Takes one page in: one transaction, a fixed number of statements.

Sort by digests, map what is fresh, tell what changed, write it, owe it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence

from integration.canonical.kinds import FACETS
from integration.canonical.record import Record as Canonical
from integration.contract import paths
from integration.contract.messages import Raw
from integration.engine import (
    absent,
    after_sale,
    facts,
    fitness,
    gone,
    lookups,
    maps,
    moved,
    owe,
    parts,
)
from integration.engine.detect import Bundle, detect, stamp
from integration.engine.identity import Identities, identify, name_of
from integration.engine.intake import Intake, Seen, Sorted, differs, refresh, sort
from integration.engine.write import write
from integration.errors import BadConfig, BadRecord, UnknownEntry
from integration.http.body import Unreadable, parse
from integration.models import Record
from synclog import journal
from synclog.journal import Problem

logger = logging.getLogger(__name__)

# What was told on purpose while the row itself was sound: a person closes it.
FOR_A_PERSON = ("fact_changed",)


def store(intake: Intake, rows: Sequence[Raw]) -> Sorted:
    """Take rows in; the caller holds the transaction. Counters of the result add up."""
    fit, unfit = fitness.split(rows)
    found = sort(intake, fit)
    found.counts["read"] += len(unfit)
    refresh(intake, found.same)
    absent.judge(intake, found)
    bundles, problems = _mapped(intake, found)
    if found.fresh:
        mapped = {bundle.raw.external_id for bundle in bundles}
        unmapped = {raw.external_id for raw in found.fresh} - mapped
        _take_in(intake, found, bundles, unmapped)
    if found.gone:
        lost = moved.follow(intake, found)
        gone.vanish(intake, [before.pk for before in lost])
    parts.touch(intake, _owners(found))
    problems += [
        journal.describe(error, intake.stream.main, intake.filed(raw.external_id))
        for raw, error in unfit
    ]
    found.counts["failed"] += len(problems)
    journal.open_problems(intake.connection, problems, run=intake.run, at=intake.now)
    return found


def _owners(found: Sorted) -> Iterator[str]:
    """What the parts that came belong to now, and what they belonged to before."""
    for raw in found.fresh:
        yield raw.owner
        before = found.known.get(raw.external_id)
        if before is not None:
            yield before.owner


def _mapped(intake: Intake, found: Sorted) -> tuple[list[Bundle], list[Problem]]:
    """Every fresh row mapped alone: a bad one becomes one problem, the page goes on."""
    bundles: list[Bundle] = []
    problems: list[Problem] = []
    brought = parts.of(intake, ((raw.external_id, raw.owner) for raw in found.fresh))
    for raw in found.fresh:
        try:
            things = intake.reading.records(
                raw.body or b"", brought.get(raw.external_id, maps.NO_PARTS)
            )
            fitness.check(things)
        except BadConfig:
            # Not this row's fault: nothing can be mapped until it is set right.
            raise
        except Exception as error:
            if isinstance(error, UnknownEntry):
                found.unknown.setdefault(error.table, []).append(raw.external_id)
            elif not isinstance(error, BadRecord):
                logger.exception("a fault of Weft in mapping %s", intake.stream.key)
            problems.append(
                journal.describe(
                    error,
                    intake.stream.main,
                    intake.filed(raw.external_id),
                    label=_called(intake, raw),
                )
            )
        else:
            bundles.append(Bundle(raw, things))
    return bundles, problems


def _called(intake: Intake, raw: Raw) -> str:
    """What a merchant calls a row that could not be mapped; "" where none is told."""
    try:
        row = parse(raw.body or b"")
    except Unreadable:
        return ""
    told = (paths.read(row, path) for path in intake.stream.called)
    return next((str(text) for text in told if text), "")


def _take_in(
    intake: Intake, found: Sorted, bundles: list[Bundle], unmapped: set[str]
) -> None:
    facts.learn(intake, bundles)
    lookups.learn(intake, bundles)
    things = [thing for bundle in bundles for thing in bundle.things]
    known = identify(intake.connection, things)
    touched = detect(bundles, known)
    before = {pk: each for pk, each in touched.items() if isinstance(each, Record)}
    if before:
        stamp(intake.connection.tenant_id, before, _labels(things, known))
    write(intake, found, bundles, known, unmapped)
    _count(found, bundles)
    owe.owe(intake, bundles, known)
    after_sale.tell(intake, bundles, known)
    _close(intake, bundles)


def _labels(things: Sequence[Canonical], known: Identities) -> dict[int, str]:
    """What each record is called now; a facet does not name its owner."""
    named = (thing for thing in things if thing.kind not in FACETS)
    return {known.records[name_of(thing)].pk: thing.label for thing in named}


def _count(found: Sorted, bundles: Sequence[Bundle]) -> None:
    counts: Counter[str] = found.counts
    for bundle in bundles:
        before = found.known.get(bundle.raw.external_id)
        if before is None:
            counts["created"] += 1
        elif bundle.changed or _says_more(bundle, before):
            counts["updated"] += 1
        else:
            counts["unchanged"] += 1


def _says_more(bundle: Bundle, before: Seen) -> bool:
    """Whether a row that is no thing of its own differs from what was stored of it."""
    return not bundle.things and (bool(before.gone_at) or differs(before, bundle.raw))


def _close(intake: Intake, bundles: Sequence[Bundle]) -> None:
    journal.close_problems(
        intake.connection,
        kind=intake.stream.main,
        external_ids=[intake.filed(bundle.raw.external_id) for bundle in bundles],
        by="sync",
        keep_codes=FOR_A_PERSON,
    )
