"""The one door to the network: every call Weft makes to a platform goes through it."""
