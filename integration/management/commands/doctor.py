"""`manage.py doctor`: what is wrong with this installation, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from integration.management import checkup, premises, rounds
from integration.management.checkup import Level, Sign


class Command(BaseCommand):
    """Looks everything over; changes nothing."""

    help = "Look this installation over; exit status 1 where something is wrong"
    # It reports on them itself, in its own words.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for sign in _signs():
            self.stdout.write(f"{sign.level:<5}  {sign.about}: {sign.message}")
            if sign.way_out and sign.level != Level.OK:
                self.stdout.write(f"       → {sign.way_out}")
            wrong += sign.level == Level.WRONG
        if wrong:
            raise CommandError(f"{wrong} wrong.")
        self.stdout.write("All is well.")


def _signs() -> Iterator[Sign]:
    ready = True
    for sign in checkup.installation():
        ready = ready and not (sign.about == "database" and sign.level == Level.WRONG)
        yield sign
    if not ready:
        return
    try:
        yield from premises.premises()
        yield from rounds.connections()
    except DatabaseError as error:
        words = f"It stopped answering: {type(error).__name__}."
        yield Sign(Level.WRONG, "database", words, "Check the database server.")
