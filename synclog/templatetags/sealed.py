"""Opens in a mail what may not lie readable in the database, such as an invitation."""

from __future__ import annotations

from django import template

from integration.models.sealed import unseal

register = template.Library()


@register.simple_tag
def unsealed(stored: str, bound_to: str, name: str) -> str:
    """One value of what was sealed for `bound_to`. SealBroken for anything else."""
    return unseal(stored, bound_to)[name]
