"""The address pictures are fetched at; `integration.engine.pictures` writes it."""

from __future__ import annotations

from django.urls import path

from integration.pictures.views import picture

urlpatterns = [
    path("<str:token>/<str:name>", picture, name="picture"),
]
