"""A person's own page: the name, how pages look, and the way to passwords and keys."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.dashboard.access import fresh
from integration.web import second_factor

YEAR = 365 * 24 * 3600
# Cookies of this browser, and what may stand in them; the first is what it is without.
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "theme": [
        ("auto", gettext_lazy("As the system has it")),
        ("light", gettext_lazy("Light")),
        ("dark", gettext_lazy("Dark")),
    ],
    "times": [
        ("relative", gettext_lazy("As time gone by: 3 min ago")),
        ("absolute", gettext_lazy("Exact: 2026-05-04 13:05:00")),
    ],
    "keys": [("on", gettext_lazy("On")), ("off", gettext_lazy("Off"))],
}


class PersonForm(forms.Form):
    """The name goes into the account, the rest into this browser."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, required=False, strip=True
    )
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=CHOICES["theme"])
    times = forms.ChoiceField(label=gettext_lazy("Times"), choices=CHOICES["times"])
    keys = forms.ChoiceField(
        label=gettext_lazy("Keyboard shortcuts"), choices=CHOICES["keys"]
    )


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The page; a POST saves it."""
    form = PersonForm(request.POST or None, initial=_now(request))
    if request.method == "POST" and form.is_valid():
        _rename(request, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        answer = redirect("person")
        for name in CHOICES:
            _keep(answer, f"weft_{name}", form.cleaned_data[name])
        return answer
    has_factor = second_factor.has_one(request.user)
    return render(request, "account/person.html", {"form": form, "factor": has_factor})


@login_required
def go_on(request: HttpRequest) -> HttpResponse:
    """To the page somebody was on the way to when a second factor was asked for."""
    return redirect(request.session.pop(second_factor.WANTED, "/"))


def _now(request: HttpRequest) -> dict[str, str]:
    """What is chosen; a cookie that says nothing known counts as none."""
    found = {"name": request.user.get_full_name()}  # type: ignore[union-attr]
    for name, choices in CHOICES.items():
        known = [value for value, _words in choices]
        given = request.COOKIES.get(f"weft_{name}", "")
        found[name] = given if given in known else known[0]
    return found


def _rename(request: HttpRequest, name: str) -> None:
    """People have one name here, however many words it has."""
    user: Any = request.user
    if name != user.get_full_name():
        user.first_name, user.last_name = name, ""
        user.save(update_fields=["first_name", "last_name"])


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )


# Before allauth's own of the same addresses, which ask for less.
urlpatterns = [
    path("", show, name="person"),
    path("two-factor/go-on/", go_on, name="go_on"),
    path(
        "password/change/",
        login_required(fresh(views.password_change)),
        name="account_change_password",
    ),
    path(
        "password/set/",
        login_required(fresh(views.password_set)),
        name="account_set_password",
    ),
    path("email/", login_required(fresh(views.email)), name="account_email"),
]
