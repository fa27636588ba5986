"""The addresses of the REST API."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from integration.api.audit import Audit
from integration.api.connections import Connections
from integration.api.deliveries import Deliveries
from integration.api.docs import Docs, Schema
from integration.api.errors import Errors
from integration.api.events import Events
from integration.api.lookups import Lookups
from integration.api.problems import no_such_address
from integration.api.records import Records
from integration.api.retries import Retries
from integration.api.routes import Routes
from integration.api.runs import Runs
from integration.api.sync_log import SyncLogs
from integration.api.usage import Forecasts, Usage

app_name = "api"

router = SimpleRouter(use_regex_path=False)
for prefix, resource in {
    "connections": Connections,
    "routes": Routes,
    "records": Records,
    "runs": Runs,
    "deliveries": Deliveries,
    "errors": Errors,
    "retries": Retries,
    "webhook-events": Events,
    "usage": Usage,
    "lookups": Lookups,
    "audit": Audit,
}.items():
    router.register(prefix, resource, basename=prefix)

LOG = "sync-log/<uuid:connection>/"
v1: list[URLPattern | URLResolver] = [
    *router.urls,
    path(
        "connections/<uuid:uid>/forecast/",
        Forecasts.as_view({"get": "retrieve"}, detail=True),
        name="forecast",
    ),
    path(LOG, SyncLogs.as_view({"delete": "clear"}, detail=True), name="sync-logs"),
    path(
        f"{LOG}<str:kind>/",
        SyncLogs.as_view({"get": "read", "put": "begin", "patch": "more"}, detail=True),
        name="sync-log",
    ),
    path(
        f"{LOG}<str:kind>/errors/",
        SyncLogs.as_view({"get": "errors"}, detail=True),
        name="sync-log-errors",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1)),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("", no_such_address),
    path("<path:rest>", no_such_address),
]
