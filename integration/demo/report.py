"""The last words of the demonstration: a summary for people, a line for programs."""

from __future__ import annotations

import json
from typing import TextIO

from integration.demo.play import Figures
from integration.demo.trade_figures import TradeFigures


def summary(figures: Figures, trade: TradeFigures, out: TextIO) -> None:
    """What was counted, in sentences."""
    lines = (
        f"{figures.products_in_step:,} of {figures.products_source:,} products are in "
        f"step; {figures.products_refused} were refused, each with an open error.",
        f"{figures.orders_in_crystal} of {figures.orders_placed} orders are in "
        f"Crystal, {figures.orders_duplicated} twice; the poll found "
        f"{figures.orders_found_by_poll} whose webhook was lost.",
        f"The second sync wrote {figures.second_sync_writes} times.",
        f"{trade.galaxy_products_in_step} of Galaxy's {trade.galaxy_products_source} "
        f"items are in step with the second shop; {trade.galaxy_products_refused} were "
        f"refused, each with an open error; {trade.entries_posted} of "
        f"{trade.invoices_expected} orders are documents in Galaxy, "
        f"{trade.entries_duplicated} twice.",
        f"{trade.invoices_posted} of {trade.invoices_expected} orders are invoices in "
        f"Xero, {trade.invoices_duplicated} twice, {trade.payments_posted} with their "
        f"payment, and {trade.credit_notes_posted} of {trade.credit_notes_expected} "
        "refunds are credit notes.",
        f"{trade.invoices_recovered} of {trade.refused} invoices that were refused for "
        "an archived account went through with another.",
        f"{trade.contacts_duplicated} contacts, {trade.items_duplicated} items and "
        f"{trade.customers_duplicated} customers are there twice; "
        f"{trade.calls_over_budget} calls were too many for a platform.",
        f"{figures.api_calls + trade.trade_calls:,} calls in all, "
        f"{figures.seconds:.0f} seconds.",
        "Every promise was kept."
        if figures.good() and trade.good()
        else "A promise was broken: see the lines above.",
    )
    print("\n" + "\n".join(lines), file=out)


def json_line(figures: Figures, trade: TradeFigures, out: TextIO) -> None:
    """The figures as one JSON object on a line of their own."""
    told = {**figures.as_json(), **trade.as_json()}
    print(json.dumps(told), file=out, flush=True)
