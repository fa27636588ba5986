"""Holds what the sandbox can be told about the things Crystal's pages leave open."""

from dataclasses import dataclass


@dataclass(kw_only=True, slots=True)
class Settings:
    """How the API behaves at the moment.

    `envelope` is the key that holds a list, or `""` for a bare array; `token_calls`
    ends a token after so many calls (0: never); `limit` is requests a second (0: none).
    """

    envelope: str = ""
    images_as: str = "strings"
    single: bool = False
    order_lookup: bool = False
    token_field: str = "access_token"
    token_seconds: float = 900.0
    token_calls: int = 0
    limit: float = 20.0
