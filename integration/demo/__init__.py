"""Weft shown at work: an ERP and a shop in step, counted on the platforms' side."""
