"""The schema, and a page to read it and try it on."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Schema(SpectacularAPIView):
    """The API's own description (OpenAPI 3.1): YAML, or JSON where that is asked."""

    throttle_classes: list[type] = []
    permission_classes: list[type] = []


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own files: script and style come apart from the page, so the
    site's policy holds here as everywhere."""

    url_name = "api:schema"
    template_name = "api/docs.html"
    throttle_classes: list[type] = []
    permission_classes: list[type] = []
