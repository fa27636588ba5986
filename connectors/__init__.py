"""Holds one package per platform that Weft connects."""
