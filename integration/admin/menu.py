"""The side menu of the staff admin: every model, in the order of the road."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

# Per group: the model, and the sign beside it.
GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "Merchants": (
        ("integration.Tenant", "storefront"),
        ("integration.Plan", "sell"),
        ("integration.Connection", "power"),
        ("integration.Route", "route"),
        ("integration.Override", "tune"),
        ("integration.App", "apps"),
        ("integration.Grant", "verified_user"),
        ("integration.Consent", "how_to_reg"),
    ),
    "Problems": (
        ("synclog.SyncError", "error"),
        ("synclog.ErrorGroup", "stacks"),
        ("synclog.Notice", "mail"),
        ("synclog.Retry", "replay"),
        ("synclog.SyncLog", "event_available"),
    ),
    "The road": (
        ("integration.Run", "download"),
        ("integration.RunTarget", "flag"),
        ("integration.Delivery", "upload"),
        ("integration.WebhookEvent", "webhook"),
        ("integration.Endpoint", "outbound"),
        ("integration.Cursor", "bookmark"),
    ),
    "Things": (
        ("integration.Record", "category"),
        ("integration.Link", "link"),
        ("integration.MatchKey", "key"),
        ("integration.Sighting", "visibility"),
        ("integration.Lookup", "menu_book"),
    ),
    "Machine": (
        ("integration.CallBudget", "speed"),
        ("integration.CallUsage", "bar_chart"),
        ("integration.Lease", "lock_clock"),
        ("integration.WorkerBeat", "monitor_heart"),
    ),
    "People": (
        ("integration.Member", "badge"),
        ("integration.Invitation", "person_add"),
        ("integration.ApiKey", "vpn_key"),
        ("integration.KeptAnswer", "replay"),
        ("auth.User", "person"),
        ("auth.Group", "group"),
        ("synclog.AuditEvent", "history"),
    ),
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups as the side bar takes them."""
    front = {
        "title": "Overview",
        "icon": "dashboard",
        "link": reverse("admin:index"),
        "active": request.path == reverse("admin:index"),
    }
    groups = [
        {
            "title": title,
            "collapsible": False,
            "separator": True,
            "items": [_item(name, icon) for name, icon in models],
        }
        for title, models in GROUPS.items()
    ]
    return [{"items": [front]}, *groups]


def _item(name: str, icon: str) -> dict[str, Any]:
    meta = apps.get_model(name)._meta
    return {
        "title": str(meta.verbose_name_plural).capitalize(),
        "icon": icon,
        "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
        "permission": partial(_may_see, f"{meta.app_label}", f"{meta.model_name}"),
    }


def _may_see(app: str, model: str, request: HttpRequest) -> bool:
    return any(
        request.user.has_perm(f"{app}.{verb}_{model}") for verb in ("view", "change")
    )
