"""The requirements on the pull, each with its figure and whether it holds.

A ratio holds when every round holds it; the printed one is of the medians.
"""

from __future__ import annotations

from tests.bench import print_out
from tests.bench.pull import LARGE, Median, Results, pages
from tests.bench.task import Phase

SIZE = 10_000
# How much more of Weft's own processor time an item may take among 100,000 than among
# 10,000: the figures of one and the same run wobble by as much.
CONSTANT = 1.15
# Besides the rows' `seen_at`, a read notes where it stands.
OF_THE_READ = frozenset(
    {
        "integration_run",
        "integration_lease",
        "integration_cursor",
        "integration_callusage",
        "integration_connection",
        "integration_workerbeat",
        "synclog_synclog",
        "django_q_ormq",
    }
)


def on_postgres(found: Results) -> None:
    """Weft beside everybody at ten thousand products."""
    print_out.title("PostgreSQL, 10,000 products: what is asked")
    for phase, least, aim in ((Phase.FIRST, 1.0, 2.0), (Phase.SAME, 4.0, 5.0)):
        weft, dlt = found["weft", phase, SIZE], found["dlt", phase, SIZE]
        said = f"{print_out.WORDS[phase]}: times faster than dlt, at least {least:g}"
        _ratio(said, dlt, weft, least=least, aim=aim)
    for phase, most in ((Phase.FIRST, 2.5), (Phase.SAME, 3.0)):
        weft, bare = found["weft", phase, SIZE], found["bare", phase, SIZE]
        times = weft.wall / bare.wall
        said = f"{print_out.WORDS[phase]}: times the bare loop, at most {most:g}"
        print_out.aim(said, f"{times:.2f}", times <= most)
    _memory(found)
    _untouched(found["weft", Phase.SAME, SIZE])
    for phase in Phase:
        calls, fewest = found["weft", phase, SIZE].calls, pages(SIZE, phase)
        said = f"{print_out.WORDS[phase]}: calls, exactly one a page"
        print_out.verdict(said, f"{calls} of {fewest}", calls == fewest)


def growth(found: Results) -> None:
    """Weft from a thousand products to a hundred thousand."""
    print_out.title("PostgreSQL, 1,000 to 100,000 products: what grows")
    for phase in (Phase.FIRST, Phase.SAME):
        middle, large = (found["weft", phase, total] for total in (SIZE, LARGE))
        _an_item(found, phase)
        said = f"{print_out.WORDS[phase]}: SQL statements a page, no more than before"
        before, after = _a_page(middle), _a_page(large)
        print_out.verdict(said, f"{before:.2f} then {after:.2f}", after <= before)
    peaks = [_peak(found, "weft", total) for total in (1_000, SIZE, LARGE)]
    said = "largest memory, megabytes: grows by 5 at most"
    figure = " ".join(f"{peak:.0f}" for peak in peaks)
    print_out.verdict(said, figure, peaks[-1] - peaks[0] <= 5)


def on_sqlite(found: Results, size: int = SIZE) -> None:
    """Weft beside the bare loop on a file."""
    print_out.title("SQLite, 10,000 products")
    for phase in Phase:
        weft, bare = found["weft", phase, size], found["bare", phase, size]
        said = f"{print_out.WORDS[phase]}: times the bare loop"
        print(f"       {said:60} {weft.wall / bare.wall:18.2f}")


def _ratio(said: str, other: Median, mine: Median, *, least: float, aim: float) -> None:
    by_round = [a / b for a, b in zip(other.rounds, mine.rounds, strict=True)]
    figure = f"{other.wall / mine.wall:.2f} ({min(by_round):.2f}-{max(by_round):.2f})"
    reached = "reached" if min(by_round) >= aim else "not reached"
    print_out.verdict(said, figure, min(by_round) >= least, f"aim {aim:g} {reached}")


def _memory(found: Results) -> None:
    weft, dlt = _peak(found, "weft", SIZE), _peak(found, "dlt", SIZE)
    said = "largest memory, share of dlt's, at most 0.4"
    print_out.verdict(said, f"{weft / dlt:.2f}", weft <= 0.4 * dlt)


def _peak(found: Results, name: str, total: int) -> float:
    return max(found[name, phase, total].megabytes for phase in Phase)


def _untouched(same: Median) -> None:
    rows = {k: n for k, n in same.written.items() if k not in OF_THE_READ}
    seen = rows.pop("integration_sighting", 0)
    said = "unchanged: rows written but for their seen_at"
    print_out.verdict(said, str(sum(rows.values())), not rows and seen == SIZE)


def _an_item(found: Results, phase: Phase) -> None:
    """Microseconds of processor an item takes beyond what a read takes anyway: Weft's
    own, and for information the database's, counted in hundredths of a second only."""
    own, database = [], []
    for total in (1_000, SIZE, LARGE):
        each, idle = found["weft", phase, total], found["weft", Phase.IDLE, total]
        own.append((each.cpu - idle.cpu) / total * 1e6)
        database.append((each.burnt - idle.burnt) / total * 1e6 - own[-1])
    said = f"{print_out.WORDS[phase]}: Weft's CPU an item, microseconds"
    figure = " ".join(f"{each:.0f}" for each in own)
    rest = "the database's " + " ".join(f"{each:.0f}" for each in database)
    print_out.verdict(said, figure, own[2] <= CONSTANT * own[1], rest)


def _a_page(each: Median) -> float:
    return each.statements / each.calls
