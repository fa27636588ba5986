"""Fields from one platform to another."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
