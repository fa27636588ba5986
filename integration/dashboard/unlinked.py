"""What a target does not have yet, route by route."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
