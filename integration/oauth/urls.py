"""The address platforms send people back to."""

from __future__ import annotations

from django.urls import path

from integration.oauth.views import callback

urlpatterns = [
    path("<slug:platform>/callback/", callback, name="oauth_callback"),
]
