"""Finds the sandboxed platforms among the connector packages."""

import importlib
import importlib.util
import pkgutil

from integration.sandbox.platform import Platform


def find_platforms(package: str = "connectors") -> list[type[Platform]]:
    """Give the `PLATFORM` of every `<package>/<platform>/sandbox`, by name."""
    root = importlib.import_module(package)
    names = sorted(module.name for module in pkgutil.iter_modules(root.__path__))
    return [
        importlib.import_module(f"{package}.{name}.sandbox").PLATFORM
        for name in names
        if importlib.util.find_spec(f"{package}.{name}.sandbox")
    ]
