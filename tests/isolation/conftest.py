"""The road between the two sandboxed platforms, for the tests of this folder."""

from tests.road import clock, road

__all__ = ["clock", "road"]
