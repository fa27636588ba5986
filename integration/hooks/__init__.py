"""The webhook door: verify on raw bytes, store, ring, answer."""
