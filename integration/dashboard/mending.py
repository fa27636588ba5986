"""One error mended: edited and sent again."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
