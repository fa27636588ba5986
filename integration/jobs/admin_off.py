"""Takes the queue's own tables out of the staff admin.

Whoever may write a row of its schedule may run any function of the program.
"""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.contrib import admin


def hide_queue() -> None:
    """No page of the admin shows or changes a row of the queue from now on."""
    # Imported first: it would register its models again if it came later.
    import_module("django_q.admin")
    for model in apps.get_app_config("django_q").get_models(include_auto_created=True):
        if admin.site.is_registered(model):
            admin.site.unregister(model)
