"""What the platforms call their countries, taxes and accounts."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
