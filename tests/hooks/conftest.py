"""The sandboxed platforms and the road between them, for the tests of this folder."""

from tests.little import little
from tests.road import clock, road

__all__ = ["clock", "little", "road"]
