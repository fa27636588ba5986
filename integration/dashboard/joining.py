"""Where an invitation leads: one joins, with the account one has or a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from integration.engine import invitations
from integration.models import Invitation, Member


class NewPersonForm(forms.Form):
    """What a new account needs besides the address that was invited."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Passwords too easy to guess are refused, such as one's own name."""
        given = super().clean() or {}
        user = User(email=self.email, first_name=given.get("name", ""))
        try:
            validate_password(given.get("password", ""), user)
        except ValidationError as refused:
            self.add_error("password", refused)
        return given


@never_cache
@sensitive_post_parameters("password")
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; a POST joins."""
    try:
        invitation = invitations.find(token)
        return _shown(request, token, invitation)
    except invitations.Spent:
        return render(request, "account/invitation_over.html", status=404)


def _shown(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        if request.method == "POST":
            member = invitations.accept(token, request.user)
            return _welcome(request, member)
        return _page(request, invitation)
    if invitations.account_of(invitation) is not None:
        return _page(request, invitation, known=True)
    form = NewPersonForm(invitation.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        member = invitations.join(token, name, password)
        login(request, member.user)
        return _welcome(request, member)
    return _page(request, invitation, form=form)


def _page(request: HttpRequest, invitation: Invitation, **more: Any) -> HttpResponse:
    return render(request, "account/invitation.html", {"to": invitation, **more})


def _welcome(request: HttpRequest, member: Member) -> HttpResponse:
    words = _("Welcome: you belong to %(merchant)s now.")
    messages.success(request, words % {"merchant": member.tenant.name})
    return redirect("dashboard:home", member.tenant.slug)


urlpatterns = [path("invitation/<str:token>/", show, name="invitation")]
