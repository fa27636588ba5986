"""What is counted of the second merchant, on the platforms' side."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

# Fewer sales than this would show little.
LEAST_INVOICES = 20


@dataclass(slots=True)
class TradeFigures:
    """In the order it is told; `trade_calls` are calls to this merchant's platforms."""

    galaxy_products_source: int = 0
    galaxy_products_in_step: int = 0
    galaxy_products_refused: int = 0
    entries_posted: int = 0
    entries_duplicated: int = 0
    customers_duplicated: int = 0
    invoices_expected: int = 0
    invoices_posted: int = 0
    invoices_duplicated: int = 0
    invoices_recovered: int = 0
    payments_posted: int = 0
    credit_notes_expected: int = 0
    credit_notes_posted: int = 0
    contacts_duplicated: int = 0
    items_duplicated: int = 0
    calls_over_budget: int = 0
    trade_calls: int = 0
    refused: int = 0
    astray: list[str] = field(default_factory=list)

    def good(self) -> bool:
        """Whether every promise was kept."""
        doubled = (
            self.entries_duplicated,
            self.customers_duplicated,
            self.invoices_duplicated,
            self.contacts_duplicated,
            self.items_duplicated,
        )
        return (
            self.galaxy_products_in_step > 0
            and self.galaxy_products_in_step + self.galaxy_products_refused
            == self.galaxy_products_source
            and self.invoices_expected >= LEAST_INVOICES
            and self.entries_posted == self.invoices_expected
            and self.invoices_posted == self.invoices_expected
            and self.payments_posted == self.invoices_expected
            and self.credit_notes_posted == self.credit_notes_expected > 0
            and self.invoices_recovered == self.refused > 0
            and not any(doubled)
            and self.calls_over_budget == 0
            and not self.astray
        )

    def as_json(self) -> dict[str, Any]:
        """The figures alone."""
        hidden = ("astray", "refused")
        return {name: one for name, one in asdict(self).items() if name not in hidden}
