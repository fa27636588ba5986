"""Knows the scopes an app can ask for, and which of them each call needs.

Rules: https://devblog.xero.com/webinar-recap-march-2026-developer-update-34d64718a4d9
"""

PLAIN = frozenset({"openid", "profile", "email", "offline_access"})
PARTS = (
    "attachments",
    "banktransactions",
    "contacts",
    "invoices",
    "manualjournals",
    "payments",
    "settings",
)
GRANULAR = PLAIN | {
    f"accounting.{part}{end}" for part in PARTS for end in ("", ".read")
}
BROAD = frozenset(
    {
        "accounting.transactions",
        "accounting.transactions.read",
        "accounting.reports.read",
    }
)
CUSTOM = frozenset(scope for scope in GRANULAR if scope.startswith("accounting."))
"""What a custom connection holds."""

NEEDS = {
    "Contacts": ("contacts",),
    "CreditNotes": ("invoices", "transactions"),
    "Invoices": ("invoices", "transactions"),
    "Items": ("invoices", "settings", "transactions"),
    "Payments": ("payments", "transactions"),
}


def known_scopes(broad: bool) -> frozenset[str]:
    """Give the scopes an app may ask for; `broad` is for apps made before 2026."""
    return GRANULAR | BROAD if broad else GRANULAR


def allows(scopes: frozenset[str], resource: str, writes: bool) -> bool:
    """Tell whether scopes open a resource for reading or for writing."""
    names = [f"accounting.{part}" for part in NEEDS.get(resource, ("settings",))]
    if not writes:
        names += [f"{name}.read" for name in names]
    return not scopes.isdisjoint(names)
