"""`manage.py rotate_keys`: encrypts every stored secret with the newest key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models

from integration.management import named
from integration.models.sealed import (
    SealBroken,
    Sealed,
    SealedField,
    seal,
    unseal,
    uses_old_key,
)

BATCH = 200
# What allauth stores of an app and of recovery codes; a passkey holds no secret.
FACTOR_SECRETS = ("secret", "seed")


class Step(NamedTuple):
    """What one batch came to: secrets seen, sealed anew, and rows nobody can open."""

    seen: int
    renewed: int
    broken: list[str]


class Command(BaseCommand):
    """May be killed at any moment and run again: what is done already is skipped."""

    help = "Encrypt all stored secrets with the first key of WEFT_ENCRYPTION_KEYS"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, metavar="ROWS")

    def handle(self, *args: Any, **options: Any) -> None:
        named.needs_database()
        seen = renewed = 0
        broken: list[str] = []
        for step in chain(rotate(max(1, options["batch"])), second_factors()):
            seen, renewed = seen + step.seen, renewed + step.renewed
            broken += step.broken
            self.stderr.write(f"{seen} looked at")
        self.stdout.write(f"{renewed} of {seen} secrets still used an old key.")
        if broken:
            raise CommandError(
                f"These cannot be opened with any key: {', '.join(broken)}. Put the "
                "key they were sealed with back, or enter their credentials anew."
            )
        self.stdout.write("All use the first key now; the others may be removed.")


def rotate(batch: int = BATCH) -> Iterator[Step]:
    """Seal anew what an older key sealed, batch by batch, in every model."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield from _rotate(model, field.attname, batch)


def second_factors() -> Iterator[Step]:
    """The same for the secrets of people's second factors."""
    for factor in Authenticator.objects.iterator():
        yield _factor(factor)


def _factor(factor: Authenticator) -> Step:
    held = {name: factor.data[name] for name in FACTOR_SECRETS if name in factor.data}
    old = {name: stored for name, stored in held.items() if uses_old_key(stored)}
    adapter = get_adapter()
    try:
        again = {name: adapter.encrypt(adapter.decrypt(old[name])) for name in old}
    except SealBroken:
        return Step(len(held), 0, [f"second factor {factor.pk}"])
    if again:
        # Unless the person changed it meanwhile, which used the first key.
        same = Authenticator.objects.filter(pk=factor.pk, data=factor.data)
        same.update(data={**factor.data, **again})
    return Step(len(held), len(again), [])


def _rotate(model: type[models.Model], name: str, batch: int) -> Iterator[Step]:
    last: Any = None
    while True:
        rows = model._base_manager.order_by("pk").values_list("pk", "uid", name)
        rows = rows.filter(pk__gt=last) if last is not None else rows
        found = list(rows[:batch])
        if not found:
            return
        last = found[-1][0]
        yield _step(model, name, found)


def _step(model: type[models.Model], name: str, found: list[Any]) -> Step:
    renewed = 0
    broken = []
    for key, uid, held in found:
        if held is None or not held.stored:
            continue
        try:
            renewed += _renew(model, name, key, str(uid), held)
        except SealBroken:
            broken.append(f"{model._meta.verbose_name} {key}")
    return Step(len(found), renewed, broken)


def _renew(
    model: type[models.Model], name: str, key: Any, uid: str, held: Sealed
) -> int:
    """Replace a value, unless somebody stored another one since it was read."""
    opened = unseal(held.stored, uid)
    if not uses_old_key(held.stored):
        return 0
    again = Sealed(seal(opened, uid))
    same = model._base_manager.filter(pk=key, **{name: held})
    return same.update(**{name: again})
