"""Lists what an organisation is made of: itself, accounts, taxes, tracking."""

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import Answer, Call
from connectors.xero.sandbox.listing import Shelf, list_rows

ACCOUNT_FIELDS = frozenset(
    {
        "AccountID",
        "Code",
        "Name",
        "Type",
        "Class",
        "Status",
        "TaxType",
        "SystemAccount",
        "EnablePaymentsToAccount",
        "CurrencyCode",
        "UpdatedDateUTC",
    }
)
TAX_FIELDS = frozenset({"Name", "TaxType", "Status", "EffectiveRate"})
TRACKING_FIELDS = frozenset({"TrackingCategoryID", "Name", "Status"})


def show_organisation(call: Call) -> Answer:
    """Give the organisation's row; locks that are not set are left out."""
    facts = {name: value for name, value in call.org.facts.items() if value is not None}
    return Answer("Organisations", [facts])


def list_accounts(call: Call) -> Answer:
    """List the chart of accounts, archived ones too."""
    shelf = Shelf(root="Accounts", fields=ACCOUNT_FIELDS, shown=dict, paged=False)
    return list_rows(call, shelf, call.org.accounts.values())


def list_tax_rates(call: Call) -> Answer:
    """List the tax rates."""
    shelf = Shelf(root="TaxRates", fields=TAX_FIELDS, shown=dict, paged=False)
    return list_rows(call, shelf, call.org.tax_rates.values())


def list_tracking(call: Call) -> Answer:
    """List tracking categories; archived ones only with `includeArchived=true`."""
    archived = call.flag("includeArchived")
    rows: list[Row] = [
        row for row in call.org.tracking if archived or row["Status"] == "ACTIVE"
    ]
    shelf = Shelf(
        root="TrackingCategories", fields=TRACKING_FIELDS, shown=dict, paged=False
    )
    return list_rows(call, shelf, rows)


def list_currencies(call: Call) -> Answer:
    """List the currencies the organisation has."""
    return Answer("Currencies", list(call.org.currencies.values()))


def list_themes(call: Call) -> Answer:
    """List the branding themes."""
    return Answer("BrandingThemes", call.org.themes)
