"""Every mail there is, with made-up contents: for whoever works on its words.

The page exists where DEBUG is on, and nowhere else.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin

from integration.models import Tenant
from integration.models.sealed import seal
from synclog import mail
from synclog.models import Notice

GROUP = {
    "headline": "Order 1042 not posted to Crystal: product unknown",
    "hint": "Link the product or create it; the order then goes by itself.",
    "items": [{"name": "1042", "message": "It needs the product MUG-1."}],
    "more": 3,
    "still_open": 4,
    "next": "2026-03-02 14:00",
    "link": "/",
    "mute": "/",
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "problems": {"groups": [GROUP]},
    "gave_up": {"groups": [GROUP]},
    "recovered": {"groups": [GROUP]},
    "digest": {"groups": [GROUP, GROUP], "solved": [GROUP]},
    "connection_lost": {"connection": "Crystal", "problem": "401", "link": "/"},
    "connection_back": {"connection": "Crystal"},
    "endpoint_off": {"url": "https://example.com/…", "gone": False, "link": "/"},
    "greeting": {},
    "invitation": {"inviter": "Ada", "days": 7, "language": "en"},
}
# The mail's own styles stand in the mail.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def index(request: HttpRequest) -> HttpResponse:
    """The list, each in both forms."""
    return render(request, "dashboard/mails.html", {"names": sorted(CONTEXTS)})


@xframe_options_sameorigin
def show(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One mail as text or as HTML, in the language of the page."""
    if name not in CONTEXTS or form not in ("text", "html"):
        raise Http404
    tenant = Tenant(name="Acme AB", slug="acme", language=get_language() or "en")
    context = {"merchant": tenant.name, **CONTEXTS[name]}
    if name == "invitation":
        context |= {"sealed": seal({"link": "/"}, "preview"), "episode": "preview"}
    subject = str(GROUP["headline"])
    notice = Notice(tenant=tenant, template=name, subject=subject, context=context)
    text, html = mail.rendered(notice)
    if form == "text":
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return HttpResponse(html, headers={"Content-Security-Policy": POLICY})


urlpatterns = (
    [
        path("", index, name="mails"),
        path("<slug:name>/<slug:form>/", show, name="mails_show"),
    ]
    if settings.DEBUG
    else []
)
