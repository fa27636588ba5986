"""Beside the road: what happened, and to whom it matters."""
