"""Two Xero organisations in small, for trying Weft without an account."""

from connectors.xero.sandbox.xero import Xero

PLATFORM = Xero

__all__ = ["PLATFORM"]
