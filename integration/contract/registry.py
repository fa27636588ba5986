"""Finds the connectors: every folder under `connectors/`, in order of name."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from graphlib import CycleError, TopologicalSorter

from integration.contract.connector import Connector

# By name only: nothing in Weft imports a connector.
FOLDER = "connectors"


@cache
def connectors() -> dict[str, Connector]:
    """Every connector by its key. Raises where one is declared badly."""
    package = importlib.import_module(FOLDER)
    found = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if module.ispkg:
            declared = importlib.import_module(f"{FOLDER}.{module.name}").CONNECTOR
            if declared.key != module.name:
                raise ValueError(f"{module.name} declares the key {declared.key!r}")
            check_order(declared)
            found[declared.key] = declared
    return found


def check_order(declared: Connector) -> None:
    """Raise ValueError where lists of a connector wait for each other in a circle, or
    for one that it does not have."""
    after = {stream.key: set(stream.after) for stream in declared.streams}
    try:
        list(TopologicalSorter(after).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ValueError(
            f"{declared.key}: lists wait for each other: {circle}"
        ) from None
    named = {
        name
        for stream in declared.streams
        for name in (*stream.parts, *after[stream.key])
    }
    unknown = named - set(after)
    if unknown:
        raise ValueError(f"{declared.key} has no list {sorted(unknown)}")


def connector(key: str) -> Connector:
    """The connector of that key; KeyError names the ones there are."""
    try:
        return connectors()[key]
    except KeyError:
        known = ", ".join(connectors())
        raise KeyError(f"no platform {key!r}; there are: {known}") from None
