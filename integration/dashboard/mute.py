"""Ends mail about one sort of problem, by the link that stands in the mail.

Nobody signs in for it: whoever holds the link was sent it. Opening it changes nothing;
the button does, and so does the mail program's own (RFC 8058).
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from synclog import muting
from synclog.wording import muted_key


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Asks, and on a POST does it; `again` in the form takes it back."""
    key = muted_key(token)
    about = muting.about(key) if key else None
    if about is None:
        raise Http404
    if request.method == "POST":
        about = muting.mute(about, muted="again" not in request.POST)
    return render(request, "dashboard/mute.html", {"about": about})
