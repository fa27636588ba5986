"""Platforms the tests add to Weft's own."""
