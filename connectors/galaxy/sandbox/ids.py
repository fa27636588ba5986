"""Gives the ids of the made-up installation, and reads those that callers send."""

import uuid
from typing import Any

USERNAME = "weft"
PASSWORD = "galaxy-sandbox-password"

NOWHERE = "https://galaxy.example.test/"


def guid(text: str) -> str:
    """Give the GUID, in lower case, that always stands for `text`."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, NOWHERE + text))


def as_id(value: Any) -> str:
    """Read a GUID in either case; "" for what is none."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""


RETAIL_COMPANY = guid("company/retail")
TRADE_COMPANY = guid("company/trade")
RETAIL_SCENARIO = guid("scenario/retail")
TRADE_SCENARIO = guid("scenario/trade")
