"""Introduces the engine to Django."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class IntegrationConfig(AppConfig):
    """The engine: its models, its system checks, its staff pages."""

    name = "integration"
    verbose_name = "Weft"

    def ready(self) -> None:
        """Register the system checks, and what follows a migration or a sign-in."""
        from integration import checks  # noqa: F401  importing it registers them
        from integration.web import second_factor  # noqa: F401  it listens to sign-ins

        post_migrate.connect(_make_cache_table, sender=self)


def _make_cache_table(using: str, **kwargs: Any) -> None:
    """The table of what processes count together; left alone where there is one."""
    call_command("createcachetable", database=using, verbosity=0)
