"""What a person does about errors: try again, ignore, call solved, and how it goes."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integration.dashboard import editing
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.error_filters import of_choice, of_question, to_text
from integration.dashboard.templatetags.called import costing
from integration.engine import problems, retries, retry_cost
from integration.jobs import bell
from integration.models import Role
from synclog.matching import matching
from synclog.models import LIVE_ERRORS, ErrorState, Retry

# Progress is told to screen readers at every so many percent.
STEP = 25


@require_POST
@page(Role.OPERATOR)
def act(request: MemberRequest) -> HttpResponse:
    """What was pressed below a list: on the ticked ones, or on all that match."""
    chosen = of_choice(request.POST)
    if request.POST.get("deed") == "retry":
        where = reverse("dashboard:errors_retry", args=[request.tenant.slug])
        return redirect(f"{where}?{to_text(chosen)}")
    deed = DEEDS.get(request.POST.get("deed", ""))
    if deed is not None:
        count = deed(matching(request.tenant, chosen), request.user)
        messages.success(request, _told(request.POST["deed"], count))
    return redirect(_back(request))


DEEDS: dict[str, Callable[[Any, Any], int]] = {
    "ignore": problems.ignore,
    "ignore_until": lambda chosen, user: problems.ignore(
        chosen, user, until_changed=True
    ),
    "notice": problems.notice,
    "resolve": problems.resolve,
}


def _told(deed: str, count: int) -> str:
    if not count:
        return _("Nothing was chosen that this could be done to.")
    words = {
        "ignore": ngettext(
            "%(n)s error is ignored.", "%(n)s errors are ignored.", count
        ),
        "ignore_until": ngettext(
            "%(n)s error is ignored until its item changes.",
            "%(n)s errors are ignored until their items change.",
            count,
        ),
        "notice": ngettext(
            "%(n)s error is open again.", "%(n)s are open again.", count
        ),
        "resolve": ngettext(
            "%(n)s error is solved.", "%(n)s errors are solved.", count
        ),
    }
    return words[deed] % {"n": f"{count:,}"}


def _back(request: MemberRequest) -> str:
    """The page the button was on, if it is one of ours."""
    back = str(request.POST.get("back", ""))
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return reverse("dashboard:errors", args=[request.tenant.slug])


@page(Role.OPERATOR)
def retry(request: MemberRequest) -> HttpResponse:
    """How many, what it costs, what it does; then the retry itself."""
    filters = of_question(request.GET)
    if request.method == "POST":
        begun = retries.start(request.tenant, filters, request.user)
        if not begun.total:
            messages.info(request, _("There is nothing left that could be tried."))
            return redirect("dashboard:errors", request.tenant.slug)
        bell.ring()
        return redirect("dashboard:errors_retrying", request.tenant.slug, begun.pk)
    live = matching(request.tenant, filters).filter(state__in=_states(filters))
    chosen = retries.retriable(live)
    count, left = chosen.count(), live.count()
    context = {
        "title": ngettext("Try %(n)s error again?", "Try %(n)s errors again?", count)
        % {"n": f"{count:,}"},
        "words": _consequences(count, left - count),
        "cost": costing(retry_cost.of_problems(chosen)) if count else "",
        "button": _("Try again"),
        "back": reverse("dashboard:errors", args=[request.tenant.slug]),
    }
    return render(request, "dashboard/errors/retry.html", {**context, "count": count})


def _states(filters: dict[str, Any]) -> tuple[str, ...]:
    named = "ids" in filters or filters.get("tab") == "ignored"
    return LIVE_ERRORS if named else (ErrorState.OPEN,)


def _consequences(count: int, rest: int) -> list[str]:
    told = [
        _(
            "What could not be written is written again, what could not be read is "
            "read again. What succeeds closes by itself."
        ),
        _("Nothing is doubled: what may have arrived is looked for first."),
    ]
    if rest:
        told.append(
            ngettext(
                "%(n)s more cannot be tried by a click: look at it by itself.",
                "%(n)s more cannot be tried by a click: look at them one by one.",
                rest,
            )
            % {"n": f"{rest:,}"}
        )
    return told if count else told[2:]


@page(Role.VIEWER)
def retrying(request: MemberRequest, pk: int) -> HttpResponse:
    """How far a retry has come. A poll is answered with the changed part alone, and
    with nothing where nothing changed."""
    mine = Retry.objects.for_tenant(request.tenant).select_related("user")
    begun = get_object_or_404(mine, pk=pk)
    counts = retries.progress(begun)
    over = not counts.waiting
    step = 100 if over else 100 * counts.done // max(1, counts.total) // STEP * STEP
    seen = blake2b(repr((counts, over)).encode(), digest_size=6).hexdigest()
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = {
        "retry": begun,
        "counts": counts,
        "over": over,
        "seen": seen,
        "step": step,
        "tell": request.htmx and request.GET.get("step") != str(step),
        "rest": to_text({**begun.filters, "tab": "open"})
        if "ids" not in begun.filters
        else "",
    }
    name = "_progress" if request.htmx else "progress"
    return render(request, f"dashboard/errors/{name}.html", context)


@require_POST
@page(Role.OPERATOR)
def cancel(request: MemberRequest, pk: int) -> HttpResponse:
    """What has not been tried yet is not tried."""
    begun = get_object_or_404(Retry.objects.for_tenant(request.tenant), pk=pk)
    count = retries.cancel(begun, request.user)
    messages.success(
        request,
        ngettext("%(n)s was called off.", "%(n)s were called off.", count)
        % {"n": f"{count:,}"},
    )
    return redirect("dashboard:errors_retrying", request.tenant.slug, pk)


urlpatterns = [
    path("act/", act, name="errors_act"),
    path("retry/", retry, name="errors_retry"),
    path("retry/<int:pk>/", retrying, name="errors_retrying"),
    path("retry/<int:pk>/cancel/", cancel, name="errors_cancel"),
    path("<int:pk>/edit/", editing.edit, name="errors_edit"),
]
