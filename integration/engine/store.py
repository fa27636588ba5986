"""Takes one page in: one transaction, a fixed number of statements.

Sort by digests, map what is fresh, tell what changed, write it, owe it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

from integration.canonical.kinds import FACETS
from integration.canonical.record import Record as Canonical
from integration.contract import paths
from integration.contract.messages import Raw
from integration.engine import after_sale, facts, fitness, gone, owe
from integration.engine.detect import Bundle, detect, stamp
from integration.engine.identity import Identities, identify, name_of
from integration.engine.intake import Intake, Sorted, refresh, sort
from integration.engine.write import write
from integration.errors import BadConfig, BadRecord
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
    bundles, problems = _mapped(intake, found)
    if found.fresh:
        _take_in(intake, found, bundles, {each.external_id for each in problems})
    if found.gone:
        gone.vanish(intake, [before.pk for before in found.gone])
    problems += [
        journal.describe(error, intake.stream.main, raw.external_id)
        for raw, error in unfit
    ]
    found.counts["failed"] += len(problems)
    journal.open_problems(intake.connection, problems, run=intake.run, at=intake.now)
    return found


def _mapped(intake: Intake, found: Sorted) -> tuple[list[Bundle], list[Problem]]:
    """Every fresh row mapped alone: a bad one becomes one problem, the page goes on."""
    bundles: list[Bundle] = []
    problems: list[Problem] = []
    for raw in found.fresh:
        try:
            things = intake.reading.records(raw.body or b"")
            fitness.check(things)
        except BadConfig:
            # Not this row's fault: nothing can be mapped until it is set right.
            raise
        except Exception as error:
            if not isinstance(error, BadRecord):
                logger.exception("a fault of Weft in mapping %s", intake.stream.key)
            problems.append(
                journal.describe(
                    error,
                    intake.stream.main,
                    raw.external_id,
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
        if bundle.raw.external_id not in found.known:
            counts["created"] += 1
        elif bundle.changed:
            counts["updated"] += 1
        else:
            counts["unchanged"] += 1


def _close(intake: Intake, bundles: Sequence[Bundle]) -> None:
    journal.close_problems(
        intake.connection,
        kind=intake.stream.main,
        external_ids=[bundle.raw.external_id for bundle in bundles],
        by="sync",
        keep_codes=FOR_A_PERSON,
    )
