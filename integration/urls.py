"""The doors: staff pages, webhooks, sign-ins, pictures, and the probes."""

from django.contrib import admin
from django.urls import include, path

from integration import health

admin.autodiscover()

urlpatterns = [
    path("admin/", admin.site.urls),
    path("hooks/", include("integration.hooks.urls")),
    path("oauth/", include("integration.oauth.urls")),
    path("pictures/", include("integration.pictures.urls")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
