"""The platform where a person signs in, for the tests of this folder."""

from tests.little import little

__all__ = ["little"]
