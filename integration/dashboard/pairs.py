"""Pairs of a route as a to-do list: which word there stands for which word here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.canonical.shop import Entry
from integration.contract.connector import Vocabulary
from integration.dashboard.access import MemberRequest, may, page
from integration.dashboard.routes import workable
from integration.engine import pairs
from integration.engine.pairs import ANY, Word
from integration.errors import BadConfig
from integration.jobs import bell
from integration.models import Role, Route
from synclog import saying

# More choices than these are searched instead of scrolled.
MANY = 50


class Line(NamedTuple):
    """One word: its field in the form, how often it is used, what is chosen for it.

    `by_other` is what serves it while nothing is; `wrong` what was said of the choice.
    """

    name: str
    word: str
    called: str
    used: int
    chosen: str
    by_other: str
    owed: bool
    wrong: str = ""


class Group(NamedTuple):
    """One vocabulary: its words, and what they may be paired with."""

    vocabulary: Vocabulary
    lines: list[Line]
    entries: Sequence[tuple[str, str]]
    searched: bool


@page()
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """The list; what a person with the right to chooses is stored, and what waited
    for it goes at once."""
    route = workable(request, pk)
    given: Mapping[str, str] = {}
    wrong: BadConfig | None = None
    if request.method == "POST":
        if not may(request.member, Role.ADMIN):
            needed = {"needed": Role.ADMIN}
            return render(request, "dashboard/refused.html", needed, status=403)
        given = request.POST.dict()
        try:
            went = _store(request, route, given)
        except BadConfig as bad:
            wrong = bad
            route = workable(request, pk)
        else:
            _tell(request, went)
            return redirect("dashboard:routes_pairs", request.tenant.slug, pk)
    words = pairs.words(route)
    groups = [
        _group(route, each, words, given, wrong) for each in pairs.vocabularies(route)
    ]
    context = {
        "route": route,
        "at": "pairs",
        "groups": groups,
        "all": len(words),
        "chosen": sum(not word.owed for word in words),
        "wrong": wrong,
    }
    return render(request, "dashboard/pairs/show.html", context)


def _store(request: MemberRequest, route: Route, given: Mapping[str, str]) -> int:
    """Store every choice that changed, or none; how many things go at once."""
    went = 0
    with transaction.atomic():
        for vocabulary in pairs.vocabularies(route):
            stored = dict(route.pairs.get(vocabulary.key, {}))
            for name, code in given.items():
                key, bar, word = name.partition("|")
                if not bar or key != vocabulary.key:
                    continue
                code = _code(code)
                if code != stored.get(word, ""):
                    went += pairs.pair(route, key, word, code, request.user)
    bell.ring()
    return went


def _code(text: str) -> str:
    """What was chosen; a searched choice may carry its name behind the code."""
    return text.partition(" – ")[0].strip()[:200]


def _tell(request: MemberRequest, went: int) -> None:
    words = ngettext(
        "Saved. %(count)s thing that waited goes now.",
        "Saved. %(count)s things that waited go now.",
        went,
    )
    messages.success(
        request, words % {"count": f"{went:,}"} if went else _("Saved. Nothing waited.")
    )


def _group(
    route: Route,
    vocabulary: Vocabulary,
    words: Sequence[Word],
    given: Mapping[str, str],
    wrong: BadConfig | None,
) -> Group:
    """The words in use, those chosen for and not used lately, and "any other"."""
    stored = route.pairs.get(vocabulary.key, {})
    mine = [word for word in words if word.vocabulary.key == vocabulary.key]
    seen = {word.word for word in mine}
    rows = [(each.word, each.called, each.used, each.paired_with) for each in mine]
    rows += [
        (word, word, 0, str(code))
        for word, code in stored.items()
        if word not in (*seen, ANY)
    ]
    other = str(route.target.settings.get(vocabulary.setting) or "")
    rows.append((ANY, _("Any other"), 0, str(stored.get(ANY) or other)))
    lines = []
    for word, called, used, serves in rows:
        name = f"{vocabulary.key}|{word}"
        chosen = given.get(name, str(stored.get(word) or ""))
        said = wrong is not None and wrong.field == f"pairs.{vocabulary.key}.{word}"
        told = saying.told(wrong) if wrong and said else ""
        by_other = "" if stored.get(word) else serves
        owed = not serves and word != ANY
        lines.append(Line(name, word, called, used, chosen, by_other, owed, told))
    entries = [_entry(each) for each in pairs.choices(route, vocabulary)]
    return Group(vocabulary, lines, entries, len(entries) > MANY)


def _entry(entry: Entry) -> tuple[Any, str]:
    code = entry.code or entry.external_id
    return code, entry.label if entry.label != code else ""


urlpatterns = [path("<int:pk>/pairs/", show, name="routes_pairs")]
