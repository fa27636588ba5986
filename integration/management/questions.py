"""Asks for what a connector declares: as options, from the environment, by hand."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from getpass import getpass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integration.contract.connector import Connector, Field

# Where a field's value stands among the parsed options.
PREFIX = "field_"
# As an option's value: read it from the next line of standard input.
FROM_STDIN = "-"
YES = ("y", "yes", "true", "1", "on")
NO = ("n", "no", "false", "0", "off")


def add_options(parser: CommandParser, connector: Connector) -> None:
    """One option for every field the connector declares."""
    add_fields(parser, connector.fields)


def add_fields(parser: CommandParser, fields: Iterable[Field]) -> None:
    """One option for each of these fields."""
    for field in fields:
        _add_option(parser, field)


def answers(connector: Connector, options: Mapping[str, Any]) -> dict[str, Any]:
    """What was given for each field; on a terminal the rest is asked for.

    CommandError names the first required field that is missing.
    """
    return answered(connector.fields, options)


def answered(fields: Iterable[Field], options: Mapping[str, Any]) -> dict[str, Any]:
    """As `answers`, for these fields."""
    given: dict[str, Any] = {}
    for field in fields:
        value = _given(field, options)
        if value is None and _needed(field):
            value = _asked(field)
        if value is not None:
            given[field.name] = value
    return given


def option(field: Field) -> str:
    """How the field is called on the command line."""
    return "--" + field.name.replace("_", "-")


def variable(field: Field) -> str:
    """The environment variable a secret is taken from."""
    return f"WEFT_{field.name.upper()}"


def _add_option(parser: CommandParser, field: Field) -> None:
    names = dict.fromkeys((option(field), f"--{field.name}"))
    more: dict[str, Any] = {"dest": PREFIX + field.name, "default": None}
    more["help"] = _help(field)
    if field.type == "bool":
        more["action"] = argparse.BooleanOptionalAction
    elif field.type == "int":
        more |= {"type": int, "metavar": "NUMBER"}
    elif field.choices:
        more["choices"] = list(field.choices)
    else:
        more["metavar"] = "VALUE"
    parser.add_argument(*names, **more)


def _help(field: Field) -> str:
    words = [f"{field.label}." if _needed(field) else f"{field.label} (optional)."]
    words += [field.help] if field.help else []
    if field.secret:
        words += [f"Better in {variable(field)}, or “-” for a line of standard input."]
    elif field.default not in (None, ""):
        words += [f"Default: {field.default}."]
    return " ".join(words).replace("%", "%%")


def _needed(field: Field) -> bool:
    return field.required and field.default in (None, "")


def _given(field: Field, options: Mapping[str, Any]) -> Any:
    value = options.get(PREFIX + field.name)
    if value == FROM_STDIN:
        return sys.stdin.readline().rstrip("\n")
    if value is None and field.secret:
        return os.environ.get(variable(field))
    return value


def _asked(field: Field) -> Any:
    """The answer typed in. CommandError where nobody is there to type."""
    if not sys.stdin.isatty():
        ways = f"give {option(field)}"
        if field.secret:
            ways += f" or set {variable(field)}"
        raise CommandError(f"{field.label} is missing: {ways}. {field.help}".strip())
    prompt = f"{field.label}{f' ({field.help})' if field.help else ''}: "
    while True:
        try:
            typed = (getpass(prompt) if field.secret else _line(prompt)).strip()
            if typed:
                return _read(field, typed)
        except ValueError as error:
            sys.stderr.write(f"{error}\n")
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nothing was stored.") from None


def _line(prompt: str) -> str:
    """A typed line; the prompt goes where results do not."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return input()


def _read(field: Field, typed: str) -> Any:
    """What was typed, as the field's type. ValueError says what is expected."""
    if field.type == "bool":
        if typed.lower() not in (*YES, *NO):
            raise ValueError("Please answer yes or no.")
        return typed.lower() in YES
    if field.type == "int" and not typed.lstrip("-").isdigit():
        raise ValueError("Please type a whole number.")
    if field.choices and typed not in field.choices:
        raise ValueError(f"Please choose one of: {', '.join(field.choices)}.")
    return int(typed) if field.type == "int" else typed
