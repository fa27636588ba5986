"""Holds the Galaxy sandbox, written from Galaxy's public pages alone."""

from connectors.galaxy.sandbox.galaxy import Galaxy

PLATFORM = Galaxy

__all__ = ["PLATFORM"]
