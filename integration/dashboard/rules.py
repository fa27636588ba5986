"""The rules of a route: a form, checked as the engine checks them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.connector import Field, Writes
from integration.dashboard.access import MemberRequest, page
from integration.dashboard.dressing import dress
from integration.dashboard.routes import told_of_hooks, workable
from integration.dashboard.templatetags import called
from integration.engine import key_rules, laying
from integration.errors import BadConfig
from integration.jobs import bell
from integration.models import Missing, Role, Route
from synclog import saying

PACES = (300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)
# Where the field of the form is called otherwise than what the engine names.
OPTION = "option_"


class RulesForm(forms.Form):
    """The rules of one route; the target's own settings are added as it declares."""

    policy = forms.ChoiceField(
        label=gettext_lazy("What it may do there"),
        choices=lambda: list(called.POLICIES.items()),
    )
    every = forms.TypedChoiceField(
        label=gettext_lazy("Look for changes every"), coerce=int, choices=()
    )
    missing = forms.ChoiceField(
        label=gettext_lazy("Where the target lacks a partner, such as the customer"),
    )
    on_drift = forms.ChoiceField(
        label=gettext_lazy("Where somebody edits our data there"),
        choices=lambda: list(called.DRIFTS.items()),
    )
    match = forms.MultipleChoiceField(
        label=gettext_lazy("Keys to match by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Which of these tell that something there is the same. None chosen: all of "
            "them. What is linked already stays linked."
        ),
    )
    filters = forms.CharField(
        label=gettext_lazy("Only what fits"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One line for each: order_status.word = processing, completed"
        ),
    )
    enabled = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)

    def __init__(self, route: Route, given: Any = None) -> None:
        super().__init__(given, initial=_stored(route))
        self.route = route
        paces = sorted({*PACES, route.every})
        self.fields["every"].choices = [  # type: ignore[attr-defined]
            (every, called.lasting(every)) for every in paces
        ]
        self._offer_partners(route)
        self._offer_keys(route)
        for declared in _writes(route).options:
            self.fields[OPTION + declared.name] = _as_field(declared)
        dress(self)

    def _offer_partners(self, route: Route) -> None:
        """An account for guests only where the target may have one."""
        choices = dict(called.MISSING)
        if not _writes(route).guest and route.missing != Missing.GUEST:
            del choices[Missing.GUEST]
        field = cast(forms.ChoiceField, self.fields["missing"])
        field.choices = list(choices.items())

    def _offer_keys(self, route: Route) -> None:
        """Where there is one key or none, there is nothing to choose."""
        known = key_rules.known(route.kind)
        if len(known) < 2:
            del self.fields["match"]
        else:
            field = cast(forms.ChoiceField, self.fields["match"])
            field.choices = [(name, called.key(name)) for name in known]

    def clean_filters(self) -> dict[str, list[str]]:
        """Words by place; a line that says nothing is refused."""
        found = {}
        for line in filter(str.strip, self.cleaned_data["filters"].splitlines()):
            place, _equals, words = line.partition("=")
            if not (place.strip() and _words(words)):
                raise forms.ValidationError(
                    _("“%(line)s”: write it as kind.field = word, word."),
                    params={"line": line},
                )
            found[place.strip()] = _words(words)
        return found

    def rules(self) -> dict[str, Any]:
        """Fields of Route, as they were given; options left empty are the
        connection's."""
        given = self.cleaned_data
        options = {
            name.removeprefix(OPTION): value
            for name, value in given.items()
            if name.startswith(OPTION) and value not in (None, "")
        }
        told = {name: given[name] for name in laying.RULES if name in given}
        return {**told, "options": options}

    def refuse(self, bad: BadConfig) -> None:
        """Show what the engine says at the field it names."""
        first, dot, rest = bad.field.partition(".")
        name = OPTION + rest if first == "options" and dot else first
        words = saying.told(bad)
        self.add_error(name if name in self.fields else None, words)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _writes(route: Route) -> Writes:
    return registry.connector(route.target.platform).writes[Kind(route.writes)]


def _as_field(declared: Field) -> forms.Field:
    """A setting of the target, empty where the connection's holds."""
    said: dict[str, Any] = {
        "label": _(declared.label),
        "help_text": _(declared.help) if declared.help else "",
        "required": False,
    }
    if declared.type == "int":
        return forms.IntegerField(**said)
    own = ("", _("As the connection is set"))
    if declared.type == "bool":
        choices = [own, ("True", _("yes")), ("False", _("no"))]
        return forms.TypedChoiceField(
            choices=choices, coerce=lambda said: said == "True", empty_value="", **said
        )
    if declared.type == "choice":
        words = [(each, each) for each in declared.choices]
        return forms.ChoiceField(choices=[own, *words], **said)
    return forms.CharField(**said)


def _stored(route: Route) -> dict[str, Any]:
    filters = [
        f"{place} = {', '.join(map(str, words))}"
        for place, words in route.filters.items()
    ]
    return {
        **laying.told(route),
        "filters": "\n".join(filters),
        **{OPTION + name: value for name, value in route.options.items()},
    }


@page(Role.ADMIN)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """The rules of a route, and what the engine says to them."""
    route = workable(request, pk)
    form = RulesForm(route, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            hooks = laying.change(route, request.user, **form.rules())
        except BadConfig as bad:
            form.refuse(bad)
        else:
            bell.ring()
            messages.success(request, _("Saved."))
            told_of_hooks(request, hooks)
            return redirect("dashboard:routes_show", request.tenant.slug, pk)
    context = {"route": route, "at": "edit", "form": form}
    return render(request, "dashboard/routes/edit.html", context)


urlpatterns = [path("<int:pk>/edit/", edit, name="routes_edit")]
