"""Checks the fields of one element of a write and gathers what is wrong with it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.xero.sandbox.dates import Row, parse_day
from connectors.xero.sandbox.exchange import Invalid


class Check:
    """Reads fields of an element; `end` raises `Invalid` with every fault found."""

    def __init__(self, element: Row) -> None:
        self.element = element
        self.faults: list[str] = []

    def say(self, fault: str) -> None:
        """Note a fault."""
        self.faults.append(fault)

    def end(self) -> None:
        """Refuse the element if anything was wrong."""
        if self.faults:
            raise Invalid(*self.faults)

    def text(self, field: str, most: int) -> str | None:
        """Read a text of at most `most` characters; None where there is none."""
        value = self.element.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            value = str(value)
        if len(value) > most:
            self.say(f"{field} must not be longer than {most} characters")
        return value

    def texts(self, lengths: Mapping[str, int]) -> Row:
        """Read all the texts that were sent, by name and greatest length."""
        return {
            name: self.text(name, most)
            for name, most in lengths.items()
            if self.element.get(name) is not None
        }

    def amount(self, field: str) -> Decimal | None:
        """Read a number; None where there is none."""
        value = self.element.get(field)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
            if isinstance(value, bool) or not number.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            self.say(f"{field} is not a number")
            return None
        return number

    def day(self, field: str) -> date | None:
        """Read a date; None where there is none."""
        value = self.element.get(field)
        if value is None or value == "":
            return None
        try:
            return parse_day(value)
        except ValueError:
            self.say(f"{field} is not a date")
            return None

    def choice(self, field: str, among: tuple[str, ...], default: str) -> str:
        """Read one of several words."""
        value = self.element.get(field) or default
        if value not in among:
            self.say(f"{field} must be one of {', '.join(among)}")
            return default
        return str(value)

    def part(self, field: str) -> Row:
        """Read a nested object; empty where there is none."""
        value: Any = self.element.get(field)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.say(f"{field} is an object")
            return {}
        return value

    def parts(self, field: str) -> list[Row]:
        """Read a list of nested objects; empty where there is none."""
        value: Any = self.element.get(field)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
            self.say(f"{field} is a list of objects")
            return []
        return value
