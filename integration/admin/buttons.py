"""Buttons: what staff may do to the rows they chose, on a list or on one row's page.

Nothing happens on a GET. A button that cannot be taken back asks first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from integration.errors import SyncFailure
from integration.jobs import bell

# Rows named on the page that asks.
NAMED = 10
# The field by which that page says that it was answered.
SURE = "sure"

Work = Callable[..., str]
FormFor = Callable[[QuerySet[Any]], type[forms.Form]]
About = Callable[[QuerySet[Any]], str]


class Button(NamedTuple):
    """What a button says, asks before it works, tells of it, and wants to know."""

    name: str
    label: str
    sure: str
    form: FormFor | None
    about: About | None = None


def button(
    label: str,
    *,
    sure: str = "",
    form: FormFor | None = None,
    about: About | None = None,
) -> Callable[[Work], Callable[..., HttpResponse | None]]:
    """Make a button of a method that takes who pressed it and the rows chosen (and
    what the form was given) and says what it did.

    `sure` is a question to ask first, `about` what it will cost, told before the
    click. The queue is rung when the work is done.
    """

    def decorate(work: Work) -> Callable[..., HttpResponse | None]:
        made = Button(work.__name__, label, sure, form, about)

        @wraps(work)
        def pressed(
            admin: Any, request: HttpRequest, chosen: QuerySet[Any]
        ) -> HttpResponse | None:
            answered = SURE in request.POST
            filled = form(chosen)(request.POST if answered else None) if form else None
            if (sure or form) and not answered:
                return ask(admin, request, chosen, made, filled)
            if filled is not None and not filled.is_valid():
                return ask(admin, request, chosen, made, filled)
            extra = () if filled is None else (filled.cleaned_data,)
            user = cast(User, request.user)
            _do(admin, request, lambda: work(admin, user, chosen, *extra))
            return None

        pressed.short_description = label  # type: ignore[attr-defined]
        pressed.made = made  # type: ignore[attr-defined]
        pressed.allowed_permissions = ("act",)  # type: ignore[attr-defined]
        return pressed

    return decorate


def _do(admin: Any, request: HttpRequest, work: Callable[[], str]) -> None:
    """Do it and say so; what cannot be done is said as well."""
    try:
        said = work()
    except SyncFailure as failure:
        words = f"{failure.message} {failure.hint}".strip()
        admin.message_user(request, words, messages.ERROR)
    except KeyError as unknown:
        admin.message_user(request, str(unknown.args[0]), messages.ERROR)
    except IntegrityError:
        words = "This would contradict another row: look for an open one of its like."
        admin.message_user(request, words, messages.ERROR)
    else:
        bell.ring()
        admin.message_user(request, said)


def ask(
    admin: Any,
    request: HttpRequest,
    chosen: QuerySet[Any],
    made: Button,
    filled: forms.Form | None,
) -> HttpResponse:
    """The page that asks; its answer comes to the same address."""
    count = chosen.count()
    meta = admin.model._meta
    words = meta.verbose_name if count == 1 else meta.verbose_name_plural
    context = {
        **admin.admin_site.each_context(request),
        "title": made.label,
        "question": made.sure,
        "about": made.about(chosen) if made.about else "",
        "form": filled,
        "opts": meta,
        "chosen": [str(row) for row in chosen[:NAMED]],
        "more": max(0, count - NAMED),
        "words": f"{count} {words}",
        "hidden": [
            (name, value)
            for name in ("action", "index", "select_across", "_selected_action")
            for value in request.POST.getlist(name)
        ],
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/ask.html", context)


class ButtonAdmin(ModelAdmin):
    """A model's pages with buttons: `actions` on the list, `buttons` on one row."""

    buttons: tuple[str, ...] = ()
    change_form_outer_before_template = "admin/buttons.html"

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may press: whoever may change, also what no form shows."""
        meta = self.opts
        return bool(request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}"))

    def get_urls(self) -> list[URLPattern]:
        """The model's own addresses, and one for its buttons."""
        meta = self.opts
        press = path(
            "<path:object_id>/press/<slug:name>/",
            self.admin_site.admin_view(self.press),
            name=f"{meta.app_label}_{meta.model_name}_press",
        )
        return [press, *super().get_urls()]

    def press(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """One button of one row, by POST alone."""
        row = self.get_object(request, object_id)
        if row is None or name not in self.buttons or request.method != "POST":
            raise Http404
        if not self.has_act_permission(request):
            raise PermissionDenied
        chosen = self.get_queryset(request).filter(pk=row.pk)
        answer = getattr(self, name)(request, chosen)
        return answer or self._back(row.pk)

    def _back(self, key: Any) -> HttpResponseRedirect:
        meta = self.opts
        return redirect(
            reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The page of one row, with its buttons where somebody may press them."""
        extra = dict(extra_context or {})
        if object_id and self.has_act_permission(request):
            chosen = self.get_queryset(request).filter(pk=object_id)
            extra["buttons"] = [
                (f"../press/{name}/", _caption(getattr(self, name).made, chosen))
                for name in self.buttons
            ]
        return super().changeform_view(request, object_id, form_url, extra)


def _caption(made: Button, chosen: QuerySet[Any]) -> str:
    """What stands on a button of one row's page."""
    return f"{made.label} ({made.about(chosen)})" if made.about else made.label
