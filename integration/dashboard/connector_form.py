"""The form of a connector's fields: what a platform asks for, with its guidance.

A secret goes in and never comes out: its field is always shown empty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.utils.translation import gettext as _

from integration.contract.connector import Connector, Field
from integration.dashboard.dressing import dress
from integration.errors import BadConfig
from synclog import saying

LONGEST = 2_000


class ConnectorForm(forms.Form):
    """The fields a connector declares, or some of them; made by `form`."""

    # Fields that work as they are; shown folded.
    folded: Collection[str] = ()

    def plain(self) -> list[forms.BoundField]:
        """The fields everybody fills in, or that something is wrong with."""
        return [field for field in self if field.name not in self.folded]

    def more(self) -> list[forms.BoundField]:
        """The fields that work as they are."""
        return [field for field in self if field.name in self.folded]

    def wrong(self) -> bool:
        """Whether something is wrong with a folded field, so that it must be seen."""
        return any(field.errors for field in self.more())

    def blame(self, failure: BadConfig) -> None:
        """Show a failure at the field it names, or above them all."""
        words = saying.told(failure)
        self.add_error(failure.field if failure.field in self.fields else None, words)


def form(
    connector: Connector,
    data: Any,
    settings: Mapping[str, Any],
    kept: Mapping[str, str],
    *,
    label: str | None = None,
    only: Collection[str] | None = None,
) -> ConnectorForm:
    """A form of the fields a connector asks for; `data` is what was sent.

    A secret among `kept` may be left empty. With `label` the name of the connection
    stands first; `only` names the fields to ask for.
    """
    asked = [each for each in connector.fields if only is None or each.name in only]
    made = ConnectorForm(data, initial=_initial(asked, settings, label))
    if label is not None:
        made.fields["label"] = forms.CharField(
            label=_("Name"),
            max_length=200,
            required=False,
            help_text=_("What you call this account, such as “Main shop”."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
    for each in asked:
        made.fields[each.name] = _field(each, bool(kept.get(each.name)))
    made.folded = {each.name for each in asked if _works_as_it_is(each)}
    dress(made)
    return made


def _initial(
    asked: Iterable[Field], settings: Mapping[str, Any], label: str | None
) -> dict[str, Any]:
    known = {
        each.name: _without_user(settings.get(each.name, each.default), each)
        for each in asked
        if not each.secret
    }
    return {**known, "label": label or ""}


def _without_user(value: Any, field: Field) -> Any:
    """An address without a name and password in it, which no page shows."""
    if field.type != "url" or not isinstance(value, str) or "@" not in value:
        return value
    parts = urlsplit(value)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _works_as_it_is(field: Field) -> bool:
    return not field.required


def _field(declared: Field, kept: bool) -> forms.Field:
    """One declared field; what a connector says is in the catalogue of words."""
    words: dict[str, Any] = {
        "label": _(declared.label),
        "help_text": _(declared.help) if declared.help else "",
        "required": declared.required and declared.default in (None, "") and not kept,
    }
    if declared.secret:
        return _secret(words, kept)
    if declared.type == "bool":
        return forms.BooleanField(**{**words, "required": False})
    if declared.type == "int":
        return forms.IntegerField(min_value=0, **words)
    if declared.choices:
        choices = [(choice, _(choice)) for choice in declared.choices]
        return forms.ChoiceField(choices=choices, **words)
    field = forms.CharField(max_length=LONGEST, **words)
    field.widget.attrs["autocomplete"] = "off"
    if declared.type == "url":
        # The connector puts an address right; a browser would refuse a bare name.
        field.widget.attrs |= {"inputmode": "url", "spellcheck": "false"}
    return field


def _secret(words: dict[str, Any], kept: bool) -> forms.Field:
    if kept:
        note = _("Stored. Leave it empty to keep it.")
        words["help_text"] = f"{words['help_text']} {note}".strip()
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(max_length=LONGEST, widget=widget, **words)
