"""What stands around every page: the merchant, the menu, and how the person reads."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from integration.dashboard.access import may
from integration.models import Member, Role, Tenant
from synclog.models import ErrorState, SyncError

# More open errors than this are "many": nobody counts them for a badge.
MANY = 999
THEMES = ("auto", "light", "dark")


class Entry(NamedTuple):
    """One line of the menu: its page, what people call it, its key after `g`."""

    page: str
    title: Any
    key: str = ""


MENU = (
    Entry("home", _("Home"), "h"),
    Entry("items", _("Items"), "i"),
    Entry("orders", _("Orders and invoices"), "o"),
    Entry("errors", _("Errors"), "e"),
    Entry("runs", _("Runs"), "r"),
    Entry("webhooks", _("Webhooks"), "w"),
    Entry("connections", _("Connections"), "c"),
    Entry("routes", _("Routes"), "t"),
    Entry("budget", _("API budget"), "b"),
    Entry("stale", _("Stale items")),
    Entry("lookups", _("Lookups")),
    Entry("settings", _("Settings"), "s"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame; a merchant's parts on a merchant's page alone."""
    theme = request.COOKIES.get("weft_theme", "auto")
    known: dict[str, Any] = {
        "theme": theme if theme in THEMES else "auto",
        "absolute_times": request.COOKIES.get("weft_times") == "absolute",
        "keys_off": request.COOKIES.get("weft_keys") == "off",
    }
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return known
    tenant = member.tenant
    return {
        **known,
        "tenant": tenant,
        "member": member,
        "may_operate": may(member, Role.OPERATOR),
        "may_administer": may(member, Role.ADMIN),
        "may_own": may(member, Role.OWNER),
        "menu": _menu(request, tenant),
        "open_errors": SimpleLazyObject(lambda: _open_errors(tenant)),
        "merchants": SimpleLazyObject(lambda: _merchants(member)),
    }


def _menu(request: HttpRequest, tenant: Tenant) -> list[dict[str, Any]]:
    """The menu with its addresses, the page one is on marked."""
    match = request.resolver_match
    at = match.view_name.removeprefix("dashboard:").partition("_")[0] if match else ""
    found = []
    for entry in MENU:
        try:
            url = reverse(f"dashboard:{entry.page}", args=[tenant.slug])
        except NoReverseMatch:
            continue
        found.append({"entry": entry, "url": url, "here": at == entry.page})
    return found


def _open_errors(tenant: Tenant) -> int:
    """How many errors are open, up to one more than many."""
    rows = SyncError.objects.for_tenant(tenant).filter(state=ErrorState.OPEN)
    return rows.order_by()[: MANY + 1].count()


def _merchants(member: Member) -> list[Tenant]:
    """The person's other merchants."""
    return list(
        Tenant.objects.filter(members__user_id=member.user_id, active=True)
        .exclude(pk=member.tenant_id)
        .order_by("name")[:20]
    )
