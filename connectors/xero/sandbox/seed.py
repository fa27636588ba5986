"""Makes up the two organisations: the same ones at every start."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.organisation import Organisation, Tell
from connectors.xero.sandbox.seed_rows import (
    ACCOUNTS,
    CONTACTS,
    ITEMS,
    ORGANISATIONS,
    TRACKING,
    Home,
    Tax,
)
from connectors.xero.sandbox.settings import Settings

BEGUN = datetime(2024, 4, 1, 9, 0, tzinfo=UTC)
"""When everything the organisations start with was made."""
FACTS: Row = {
    "PaysTax": True,
    "OrganisationType": "COMPANY",
    "IsDemoCompany": False,
    "OrganisationStatus": "ACTIVE",
    "FinancialYearEndDay": 31,
    "FinancialYearEndMonth": 3,
    "SalesTaxBasis": "ACCRUALS",
    "SalesTaxPeriod": "2MONTHLY",
    "DefaultSalesTax": "Tax Exclusive",
    "DefaultPurchasesTax": "Tax Exclusive",
    "PeriodLockDate": None,
    "EndOfYearLockDate": None,
    "CreatedDateUTC": BEGUN,
    "OrganisationEntityType": "COMPANY",
    "Class": "PREMIUM",
    "Edition": "BUSINESS",
    "Addresses": [],
    "Phones": [],
    "ExternalLinks": [],
    "PaymentTerms": {"Sales": {"Day": 14, "Type": "DAYSAFTERBILLDATE"}},
}
CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "INVENTORY": "ASSET",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
    "OTHERINCOME": "REVENUE",
    "CURRLIAB": "LIABILITY",
    "EQUITY": "EQUITY",
    "EXPENSE": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
}
APPLIES = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")


def build_organisations(settings: Settings, tell: Tell) -> dict[str, Organisation]:
    """Give the organisations by id, with all they start with."""
    found = [_organisation(home, settings, tell) for home in ORGANISATIONS]
    return {org.id: org for org in found}


def stable_id(text: str) -> str:
    """Give the uuid that always stands for `text`."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://xero.example.test/{text}"))


def _organisation(home: Home, settings: Settings, tell: Tell) -> Organisation:
    org = Organisation(_facts(home), home.zone, settings, tell)
    _fill_accounts(org, home)
    _fill_books(org, home)
    _fill_trade(org, home.country)
    return org


def _facts(home: Home) -> Row:
    return {
        **FACTS,
        "OrganisationID": stable_id(home.country),
        "Name": home.name,
        "LegalName": home.name,
        "Version": home.version,
        "BaseCurrency": home.currency,
        "CountryCode": home.country,
        "Timezone": home.timezone,
        "ShortCode": f"!{home.country}x1",
    }


def _fill_accounts(org: Organisation, home: Home) -> None:
    """Give an organisation its chart of accounts."""
    for row in ACCOUNTS:
        account: Row = {
            "AccountID": stable_id(f"{home.country}/account/{row.code}"),
            "Code": row.code,
            "Name": row.name,
            "Status": row.status,
            "Type": row.type,
            "TaxType": home.sales_tax if row.tax == "SALES" else "NONE",
            "Class": CLASSES[row.type],
            "EnablePaymentsToAccount": row.payments,
            "ShowInExpenseClaims": False,
            "HasAttachments": False,
            "AddToWatchlist": False,
            "UpdatedDateUTC": BEGUN,
        }
        if row.system:
            account["SystemAccount"] = row.system
        if row.type == "BANK":
            account |= {"BankAccountType": "BANK", "CurrencyCode": home.currency}
        org.accounts[account["AccountID"]] = account


def _fill_books(org: Organisation, home: Home) -> None:
    """Give an organisation its taxes, currencies, tracking and themes."""
    key = home.country
    for tax in home.taxes:
        org.tax_rates[tax.type] = _tax_rate(tax)
    for code, (name, rate) in home.currencies.items():
        org.currencies[code] = {"Code": code, "Description": name}
        org.rates[code] = Decimal(rate)
    org.tracking = [_tracking(key, name, names) for name, names in TRACKING.items()]
    for place, name in enumerate(("Standard", "Web shop")):
        theme = {
            "BrandingThemeID": stable_id(f"{key}/theme/{name}"),
            "Name": name,
            "Type": "INVOICE",
            "SortOrder": place,
            "CreatedDateUTC": BEGUN,
        }
        org.themes.append(theme)


def _fill_trade(org: Organisation, key: str) -> None:
    """Give an organisation its items and contacts."""
    for code, name, price in ITEMS:
        item_id = stable_id(f"{key}/item/{code}")
        org.items[item_id] = {
            "ItemID": item_id,
            "Code": code,
            "Name": name,
            "Description": name,
            "IsSold": True,
            "IsPurchased": False,
            "IsTrackedAsInventory": False,
            "SalesDetails": {
                "UnitPrice": Decimal(price),
                "AccountCode": "200",
                "TaxType": org.accounts[stable_id(f"{key}/account/200")]["TaxType"],
            },
            "UpdatedDateUTC": BEGUN,
        }
    for contact in CONTACTS:
        contact_id = stable_id(f"{key}/contact/{contact['Name']}")
        org.contacts[contact_id] = {
            "ContactID": contact_id,
            "ContactStatus": "ACTIVE",
            "UpdatedDateUTC": BEGUN,
            **contact,
        }


def _tax_rate(tax: Tax) -> Row:
    rate = Decimal(tax.rate)
    return {
        "Name": tax.name,
        "TaxType": tax.type,
        "Status": "ACTIVE",
        **{f"CanApplyTo{place}": place in tax.applies for place in APPLIES},
        "DisplayTaxRate": rate,
        "EffectiveRate": rate,
        "TaxComponents": [
            {
                "Name": tax.name,
                "Rate": rate,
                "IsCompound": False,
                "IsNonRecoverable": False,
            }
        ],
    }


def _tracking(key: str, name: str, options: tuple[str, ...]) -> Row:
    return {
        "TrackingCategoryID": stable_id(f"{key}/tracking/{name}"),
        "Name": name,
        "Status": "ACTIVE",
        "Options": [
            {
                "TrackingOptionID": stable_id(f"{key}/tracking/{name}/{option}"),
                "Name": option,
                "Status": "ACTIVE",
            }
            for option in options
        ],
    }
