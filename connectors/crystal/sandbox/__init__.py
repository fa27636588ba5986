"""Holds the Crystal sandbox, written from Crystal's public pages alone."""

from connectors.crystal.sandbox.crystal import Crystal

PLATFORM = Crystal

__all__ = ["PLATFORM"]
