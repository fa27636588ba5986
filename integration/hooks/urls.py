"""The address patterns platforms call."""

from __future__ import annotations

from django.urls import path

from integration.hooks import app_door
from integration.hooks.door import receive

urlpatterns = [
    path("app/<slug:platform>/", app_door.receive, name="app_hook"),
    path("<int:connection_id>/<str:token>/", receive, name="hook"),
    path("<int:connection_id>/<str:token>/<path:rest>", receive, name="hook_below"),
]
