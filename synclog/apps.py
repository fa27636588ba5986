"""Introduces the sync log to Django."""

from django.apps import AppConfig


class SynclogConfig(AppConfig):
    """The sync log: what happened on the road, kept beside it."""

    name = "synclog"
    verbose_name = "Sync log"
