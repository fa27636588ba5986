"""Serves small copies of platforms' APIs, for trying Weft without an account."""
