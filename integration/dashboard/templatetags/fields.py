"""A form's fields as the pages show them: label, input, help and what is wrong."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.safestring import SafeString

from integration.dashboard.dressing import look

register = template.Library()


@register.inclusion_tag("account/_field.html")
def field(bound: BoundField, label: str = "", help_text: str = "") -> dict[str, Any]:
    """One field; `label` and `help_text` in place of the form's own words."""
    widget = bound.field.widget
    return {
        "bound": bound,
        "label": label or bound.label,
        "help_text": help_text or bound.help_text,
        "checkbox": isinstance(widget, CheckboxInput),
        "input": _drawn(bound, described=bool(help_text or bound.help_text)),
    }


def _drawn(bound: BoundField, described: bool) -> SafeString:
    widget = bound.field.widget
    told = [f"{bound.auto_id}_error"] if bound.errors else []
    told += [f"{bound.auto_id}_help"] if described else []
    attrs: dict[str, str | bool] = {
        "class": f"{look(widget)} is-invalid" if bound.errors else look(widget)
    }
    # A label says what a field wants; a placeholder would say it twice.
    attrs |= {"placeholder": ""}
    if told:
        attrs["aria-describedby"] = " ".join(told)
    return bound.as_widget(attrs=attrs)
