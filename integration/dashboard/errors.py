"""Errors, grouped, with what to do."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
