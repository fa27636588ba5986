"""The second play is good only where each of its promises was kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.demo.trade_figures import TradeFigures

KEPT = TradeFigures(
    galaxy_products_source=52,
    galaxy_products_in_step=44,
    galaxy_products_refused=8,
    entries_posted=30,
    invoices_expected=30,
    invoices_posted=30,
    invoices_recovered=6,
    payments_posted=30,
    credit_notes_expected=2,
    credit_notes_posted=2,
    trade_calls=390,
    refused=6,
)


def test_all_promises_kept_are_good() -> None:
    assert KEPT.good()


@pytest.mark.parametrize(
    "broken",
    [
        {"galaxy_products_in_step": 43},
        {"galaxy_products_refused": 9},
        {"entries_posted": 29},
        {"entries_duplicated": 1},
        {"customers_duplicated": 1},
        {"invoices_posted": 29},
        {"invoices_duplicated": 1},
        {"invoices_recovered": 5},
        {"invoices_recovered": 0, "refused": 0},
        {"payments_posted": 29},
        {"credit_notes_posted": 1},
        {"credit_notes_posted": 0, "credit_notes_expected": 0},
        {"contacts_duplicated": 1},
        {"items_duplicated": 1},
        {"calls_over_budget": 1},
        {"astray": ["order 54 has no invoice"]},
    ],
    ids=lambda broken: ", ".join(broken),
)
def test_one_that_is_broken_is_not(broken: dict[str, Any]) -> None:
    assert not replace(KEPT, **broken).good()


def test_too_few_sales_prove_nothing() -> None:
    few: dict[str, Any] = {
        "entries_posted": 19,
        "invoices_posted": 19,
        "payments_posted": 19,
    }
    assert not replace(KEPT, invoices_expected=19, **few).good()


def test_the_line_for_programs_holds_figures_alone() -> None:
    told = KEPT.as_json()
    assert {"invoices_expected", "invoices_posted", "invoices_duplicated"} <= set(told)
    assert {"invoices_recovered", "entries_posted", "calls_over_budget"} <= set(told)
    assert {type(figure) for figure in told.values()} == {int}
