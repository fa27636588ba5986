"""Words of one platform for words of another."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
