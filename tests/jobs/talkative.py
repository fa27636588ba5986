"""The settings, but the queue says which of its processes does what."""

from integration.settings import *  # noqa: F403
from integration.settings import LOGGING

LOGGING["loggers"]["django-q"]["level"] = "INFO"
