"""Secrets at rest: a JSON field encrypted with keys from the environment.

The first key of `WEFT_ENCRYPTION_KEYS` encrypts, every key decrypts. The row's uid is
sealed in with the value, so a stored secret copied to another row cannot be opened.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

FORMAT = "v1:"


class SealBroken(ValueError):
    """A stored secret cannot be opened: wrong key, changed, or of another row."""


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def keyring() -> MultiFernet:
    """The keys in force, first the one that encrypts."""
    return _keyring(tuple(settings.WEFT_ENCRYPTION_KEYS))


def seal(value: dict[str, str], bound_to: str) -> str:
    """`value` encrypted, openable only for `bound_to`."""
    plain = json.dumps({"for": bound_to, "value": value}).encode()
    return FORMAT + keyring().encrypt(plain).decode()


def unseal(stored: str, bound_to: str) -> dict[str, str]:
    """What `seal` was given. SealBroken where it was sealed for something else."""
    try:
        plain = keyring().decrypt(stored.removeprefix(FORMAT).encode())
    except InvalidToken:
        raise SealBroken(
            "a stored secret cannot be opened; is its key still in "
            "WEFT_ENCRYPTION_KEYS?"
        ) from None
    opened = json.loads(plain)
    if opened["for"] != bound_to:
        raise SealBroken("a stored secret belongs to another row")
    return dict(opened["value"])


def uses_old_key(stored: str) -> bool:
    """Whether `stored` was not encrypted with the first key."""
    first = MultiFernet([Fernet(settings.WEFT_ENCRYPTION_KEYS[0])])
    try:
        first.decrypt(stored.removeprefix(FORMAT).encode())
    except InvalidToken:
        return True
    return False


class Sealed:
    """The value as stored, until somebody asks to open it."""

    __slots__ = ("stored",)

    def __init__(self, stored: str) -> None:
        self.stored = stored

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class SealedField(models.Field):
    """A dict of secrets. The model needs a `uid`; reading the attribute opens it."""

    def get_internal_type(self) -> str:
        return "TextField"

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Opener(name))

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: Any, add: bool) -> str:
        held = model_instance.__dict__.get(self.attname)
        if isinstance(held, Sealed):
            return held.stored
        return seal(held or {}, str(model_instance.uid))

    def get_prep_value(self, value: Any) -> Any:
        return value.stored if isinstance(value, Sealed) else value

    def value_to_string(self, obj: Any) -> str:
        return "<sealed>"


class _Opener:
    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        if self.name not in instance.__dict__:
            instance.refresh_from_db(fields=[self.name])
        held = instance.__dict__[self.name]
        if isinstance(held, Sealed):
            return unseal(held.stored, str(instance.uid))
        return held if held is not None else {}

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.name] = value
