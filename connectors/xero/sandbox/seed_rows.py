"""Holds what the made-up organisations start with."""

from collections.abc import Mapping
from typing import NamedTuple

from connectors.xero.sandbox.dates import Row


class Tax(NamedTuple):
    """A tax rate in percent, and the classes of account it may be used with."""

    type: str
    name: str
    rate: str
    applies: tuple[str, ...]


class Home(NamedTuple):
    """What differs between organisations; currencies with their name and rate."""

    name: str
    country: str
    version: str
    currency: str
    timezone: str
    zone: str
    sales_tax: str
    taxes: tuple[Tax, ...]
    currencies: Mapping[str, tuple[str, str]]


class Account(NamedTuple):
    """An account; `tax` SALES stands for the organisation's own sales tax."""

    code: str
    name: str
    type: str
    tax: str = "NONE"
    system: str = ""
    payments: bool = False
    status: str = "ACTIVE"


EVERYWHERE = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")
SOLD = ("Assets", "Equity", "Liabilities", "Revenue")
BOUGHT = ("Assets", "Equity", "Expenses", "Liabilities")

ORGANISATIONS = (
    Home(
        name="Kiln & Quill Limited",
        country="NZ",
        version="NZ",
        currency="NZD",
        timezone="NEWZEALANDSTANDARDTIME",
        zone="Pacific/Auckland",
        sales_tax="OUTPUT2",
        taxes=(
            Tax("OUTPUT2", "15% GST on Income", "15.0", SOLD),
            Tax("INPUT2", "15% GST on Expenses", "15.0", BOUGHT),
            Tax("ZERORATED", "Zero Rated", "0.0", EVERYWHERE),
            Tax("NONE", "No GST", "0.0", EVERYWHERE),
            Tax("TAX001", "Reduced levy 7.5%", "7.5", SOLD),
        ),
        currencies={
            "NZD": ("New Zealand Dollar", "1"),
            "AUD": ("Australian Dollar", "0.92"),
            "USD": ("United States Dollar", "0.6"),
        },
    ),
    Home(
        name="Harbour Lane Ltd",
        country="GB",
        version="UK",
        currency="GBP",
        timezone="GMTSTANDARDTIME",
        zone="Europe/London",
        sales_tax="OUTPUT2",
        taxes=(
            Tax("OUTPUT2", "20% (VAT on Income)", "20.0", SOLD),
            Tax("INPUT2", "20% (VAT on Expenses)", "20.0", BOUGHT),
            Tax("RROUTPUT", "5% (VAT on Income)", "5.0", SOLD),
            Tax("ZERORATEDOUTPUT", "Zero Rated Income", "0.0", SOLD),
            Tax("NONE", "No VAT", "0.0", EVERYWHERE),
            Tax("TAX001", "Island levy 12.5%", "12.5", SOLD),
        ),
        currencies={
            "GBP": ("British Pound", "1"),
            "EUR": ("Euro", "1.15"),
        },
    ),
)

ACCOUNTS = (
    Account("090", "Business Bank Account", "BANK"),
    Account("091", "Business Savings Account", "BANK"),
    Account("200", "Sales", "REVENUE", "SALES"),
    Account("201", "Sales of the Old Shop", "REVENUE", "SALES", status="ARCHIVED"),
    Account("260", "Shipping and Other Revenue", "REVENUE", "SALES"),
    Account("270", "Interest Income", "OTHERINCOME"),
    Account("310", "Cost of Goods Sold", "DIRECTCOSTS"),
    Account("404", "Bank Fees", "EXPENSE"),
    Account("429", "General Expenses", "EXPENSE"),
    Account("610", "Accounts Receivable", "CURRENT", system="DEBTORS"),
    Account("611", "Card Payments Clearing", "CURRENT", payments=True),
    Account("800", "Accounts Payable", "CURRLIAB", system="CREDITORS"),
    Account("820", "Sales Tax", "CURRLIAB", system="GST"),
    Account("860", "Rounding", "CURRLIAB", system="ROUNDING"),
    Account("960", "Retained Earnings", "EQUITY", system="RETAINEDEARNINGS"),
)

TRACKING = {
    "Region": ("Eastside", "North", "South", "West Coast"),
    "Channel": ("Web shop", "Counter", "Market stall"),
}

ITEMS = (
    ("MUG-BLU", "Enamel mug blue", "12.5000"),
    ("MUG-RED", "Enamel mug red", "12.5000"),
    ("PEN-FTN", "Fountain pen", "48.0000"),
    ("INK-BLK", "Ink, 50 ml", "0.1234"),
)

CONTACTS: tuple[Row, ...] = (
    {
        "Name": "Mara Quill",
        "FirstName": "Mara",
        "LastName": "Quill",
        "EmailAddress": "mara@example.org",
        "ContactPersons": [
            {
                "FirstName": "Ned",
                "LastName": "Quill",
                "EmailAddress": "ned@example.org",
                "IncludeInEmails": True,
            }
        ],
        "Addresses": {
            "POBOX": {
                "AddressLine1": "4 Kiln Road",
                "City": "Nelson",
                "PostalCode": "7010",
                "Country": "New Zealand",
            }
        },
        "Phones": {"DEFAULT": {"PhoneNumber": "5550123", "PhoneAreaCode": "03"}},
    },
    {
        "Name": "David Smith",
        "FirstName": "David",
        "LastName": "Smith",
        "EmailAddress": "david@example.net",
        "AccountNumber": "C-1002",
    },
    {"Name": "Tin & Tallow Wholesale", "EmailAddress": "orders@example.com"},
    {
        "Name": "Closed Corner Shop",
        "EmailAddress": "closed@example.com",
        "ContactStatus": "ARCHIVED",
    },
)
