"""Items: found by SKU, order number, e-mail, name or any id."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
