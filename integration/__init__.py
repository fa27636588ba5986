"""The project and its engine: everything that is the same for every platform."""

__version__ = "0.1.0"
