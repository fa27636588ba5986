"""Introduces the engine to Django."""

from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    """The engine: its models, its system checks, its staff pages."""

    name = "integration"
    verbose_name = "Weft"

    def ready(self) -> None:
        """Register the system checks."""
        from integration import checks  # noqa: F401  importing it registers them
