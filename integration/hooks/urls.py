"""The one address pattern platforms call."""

from __future__ import annotations

from django.urls import path

from integration.hooks.door import receive

urlpatterns = [
    path("<int:connection_id>/<str:token>/", receive, name="hook"),
]
