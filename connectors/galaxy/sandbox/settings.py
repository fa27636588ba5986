"""Holds what the sandbox can be told about the things Galaxy's pages leave open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(kw_only=True, slots=True)
class Settings:
    """How the installation behaves at the moment; times are in seconds.

    `prefix` is the only path below which it answers. `refusal_status` answers a call
    without a session; `one_session` ends the others at a login. `proxy_page` puts a
    page of HTML in place of every answer. `answer_seconds` makes every answer take
    that long, so that calls made at once can be seen.

    `customer_seconds` pass before a posted customer shows; its ID is kept or replaced.
    Lists in `zero_revisions` say 0 in every row. The `balances_` switches take fields
    from the balances or add them. Two fields whose names differ between installations
    are named here.
    """

    prefix: str = ""
    refusal_status: int = 401
    session_seconds: float = 3600.0
    one_session: bool = False
    signature_required: bool = False
    proxy_page: bool = False
    answer_seconds: float = 0.0
    customer_seconds: float = 0.5
    keeps_customer_id: bool = True
    entries_readable: bool = False
    lines_name_combinations: bool = False
    zero_revisions: tuple[str, ...] = ("itemcategories", "itemattributes")
    balances_name_items: bool = True
    balances_have_ids: bool = False
    balances_revised: bool = True
    sites_raise_customers: bool = False
    combinations_field: str = "ItemDimensionCombinations"
    dimension_values_field: str = "AttrValues"

    def change(self, changes: Mapping[str, Any]) -> None:
        """Set settings by name; raises `ValueError` for a wrong name or type."""
        for name, value in changes.items():
            if name not in self.__slots__:
                raise ValueError(f"there is no setting {name}")
            setattr(self, name, _like(getattr(self, name), value, name))


def _like(before: Any, value: Any, name: str) -> Any:
    if isinstance(before, tuple) and isinstance(value, list):
        return tuple(value)
    if isinstance(before, float) and type(value) is int:
        return float(value)
    if type(value) is not type(before):
        raise ValueError(f"{name} is a {type(before).__name__}")
    return value.strip("/") if name == "prefix" else value
