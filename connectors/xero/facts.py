"""What an organisation is set to: what money, dates and closed periods depend on."""

from __future__ import annotations

from typing import Any

from connectors.xero.client import Client
from connectors.xero.dates import day, zone_named
from integration.errors import BadRecord

# Xero's name of each fact -> ours.
NAMES = {
    "OrganisationID": "organisation_id",
    "Name": "organisation_name",
    "BaseCurrency": "currency",
    "CountryCode": "country",
    "Timezone": "windows_zone",
    "DefaultSalesTax": "default_sales_tax",
    "SalesTaxBasis": "sales_tax_basis",
}
LOCKS = {
    "PeriodLockDate": "period_lock_date",
    "EndOfYearLockDate": "end_of_year_lock_date",
}


def facts(client: Client) -> dict[str, str]:
    """The organisation's facts by our names; one call.

    Days are written as 2026-03-31, "" where no period is closed. BadRecord where the
    answer names no organisation.
    """
    answer = client.get("Organisation").json()
    rows = answer.get("Organisations") if isinstance(answer, dict) else None
    if not rows:
        raise BadRecord("", "Xero's answer names no organisation.", code="unreadable")
    return read(rows[0])


def read(row: dict[str, Any]) -> dict[str, str]:
    """The facts in an organisation as Xero sends it."""
    found = {ours: str(row.get(theirs) or "") for theirs, ours in NAMES.items()}
    for theirs, ours in LOCKS.items():
        found[ours] = day(row[theirs]).isoformat() if row.get(theirs) else ""
    found["time_zone"] = zone_named(found["windows_zone"])
    found["pays_tax"] = "yes" if row.get("PaysTax", True) else "no"
    found["demo"] = "yes" if row.get("IsDemoCompany") else "no"
    return found
