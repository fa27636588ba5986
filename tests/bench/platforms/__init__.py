"""Platforms the benchmark adds to Weft's own."""
