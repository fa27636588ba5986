"""One item: the platforms side by side, and why they differ."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
