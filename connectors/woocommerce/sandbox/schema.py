"""Checks the types of what is sent, as WordPress does before it does anything."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.woocommerce.sandbox.exchange import invalid

Rule = str | tuple[str, ...] | list[Mapping[str, str]]
"""A type's name, the values allowed, or the types of each item's fields in a list."""
Fault = tuple[str, str, Any]

META: Rule = [{"key": "string"}]
TRUTHS = (True, False, 0, 1, "0", "1", "true", "false", "")


def check(body: Mapping[str, Any], rules: Mapping[str, Rule]) -> None:
    """Refuse fields of a wrong type; unknown fields and nulls pass.

    Raises `Refusal` 400 `rest_invalid_param` naming every wrong field.
    """
    faults = {}
    for name, value in body.items():
        if value is None or name not in rules:
            continue
        fault = _fault(name, value, rules[name])
        if fault:
            faults[name] = fault
    if faults:
        raise invalid(faults)


def _fault(name: str, value: Any, rule: Rule) -> Fault | None:
    if isinstance(rule, tuple):
        return None if value in rule else _not_in(name, rule)
    if isinstance(rule, list):
        return _fault_in_items(name, value, rule[0])
    if _is_a(value, rule):
        return None
    return "rest_invalid_type", f"{name} is not of type {rule}.", {"param": name}


def _fault_in_items(name: str, value: Any, fields: Mapping[str, str]) -> Fault | None:
    if not isinstance(value, list):
        return "rest_invalid_type", f"{name} is not of type array.", {"param": name}
    for index, item in enumerate(value):
        place = f"{name}[{index}]"
        if not isinstance(item, Mapping):
            reason = f"{place} is not of type object."
            return "rest_invalid_type", reason, {"param": place}
        for field, kind in fields.items():
            if item.get(field) is not None and not _is_a(item[field], kind):
                spot = f"{place}[{field}]"
                reason = f"{spot} is not of type {kind}."
                return "rest_invalid_type", reason, {"param": spot}
    return None


def _not_in(name: str, allowed: tuple[str, ...]) -> Fault:
    words = f"{', '.join(allowed[:-1])}, and {allowed[-1]}"
    return "rest_not_in_enum", f"{name} is not one of {words}.", None


def _is_a(value: Any, kind: str) -> bool:
    if kind == "boolean":
        return isinstance(value, bool | int | str) and value in TRUTHS
    if kind == "integer":
        return _is_whole(value)
    if kind == "array":
        return isinstance(value, list)
    if kind == "object":
        return isinstance(value, Mapping)
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return value.strip().lstrip("+-").isdigit()
    if isinstance(value, float | Decimal):
        return value == int(value)
    return isinstance(value, int)
