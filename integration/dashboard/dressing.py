"""How the inputs of a form look: Bootstrap's class for each sort of them."""

from __future__ import annotations

from django import forms


def look(widget: forms.Widget) -> str:
    """The class of an input: ticked, chosen from a list, or typed in."""
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def dress(form: forms.BaseForm) -> None:
    """Give every input of a form its class."""
    for field in form.fields.values():
        field.widget.attrs["class"] = look(field.widget)
