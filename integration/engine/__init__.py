"""The road, one station per file; it knows no platform."""
